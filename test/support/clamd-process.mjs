import { createServer } from 'node:net';

/**
 * Speaks clamd's INSTREAM as a process of its own: finds the EICAR test string, and whatever its words after the port are. Tells its port on standard output and
 * ends with its parent.
 */
const SIGNATURES = ['EICAR-STANDARD-ANTIVIRUS-TEST-FILE', ...process.argv.slice(3)];
const COMMAND = 'zINSTREAM\0';

const server = createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    const content = contentIn(received);
    if (content === undefined) return;
    socket.end(SIGNATURES.some((each) => content.includes(each)) ? 'stream: Eicar-Signature FOUND\0' : 'stream: OK\0');
  });
});

/** The streamed content, undefined while it is not whole. */
function contentIn(received) {
  if (received.length < COMMAND.length) return undefined;
  if (received.toString('latin1', 0, COMMAND.length) !== COMMAND) throw new Error('Not INSTREAM');
  const chunks = [];
  for (let at = COMMAND.length; at + 4 <= received.length;) {
    const length = received.readUInt32BE(at);
    if (length === 0) return Buffer.concat(chunks);
    if (at + 4 + length > received.length) return undefined;
    chunks.push(received.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
