import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';

/** What a scanner said of a file: nothing found, or the name of what it found. */
export interface Finding {
  found: string | null;
}

const TIMEOUT_MS = 30_000;

/**
 * Asks ClamAV's clamd about a file (INSTREAM, clamd(8)). Without an address there is no scanner, and nothing is ever found: the
 * operator decides that by leaving CLAMD_SOCKET unset.
 */
export class Scanner {
  constructor(private readonly address: string | undefined) {}

  /** Throws when clamd cannot be reached, does not answer in 30 s or reports an error, such as a file beyond its StreamMaxLength. */
  async scan(content: AsyncIterable<Buffer>): Promise<Finding> {
    if (this.address === undefined) return { found: null };
    const socket = openSocket(this.address);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('clamd did not answer in time')));
    let isWhole = false;
    const frames = Readable.from(framesOf(content, () => (isWhole = true)));
    frames.on('error', (error) => socket.destroy(error));
    frames.pipe(socket, { end: false });
    try {
      const finding = findingIn(await replyFrom(socket));
      if (finding.found === null && !isWhole) throw new Error('clamd judged a file that it had not seen to its end');
      return finding;
    } finally {
      frames.destroy();
      socket.destroy();
    }
  }
}

/** A path is a Unix socket, anything else host:port. */
function openSocket(address: string): Socket {
  if (address.startsWith('/')) return connect(address);
  const end = address.lastIndexOf(':');
  return connect(Number(address.slice(end + 1)), address.slice(0, end).replace(/^\[|\]$/g, ''));
}

/** Each chunk after its length, four bytes, and an empty one at the end, which is told. */
async function* framesOf(content: AsyncIterable<Buffer>, onEnd: () => void): AsyncGenerator<Buffer> {
  yield Buffer.from('zINSTREAM\0');
  for await (const chunk of content) {
    if (chunk.length > 0) yield Buffer.concat([lengthOf(chunk.length), chunk]);
  }
  onEnd();
  yield lengthOf(0);
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

async function replyFrom(socket: Socket): Promise<string> {
  let reply = '';
  for await (const chunk of socket) {
    reply += String(chunk);
    const end = reply.indexOf('\0');
    if (end >= 0) return reply.slice(0, end);
  }
  throw new Error('clamd closed the connection without an answer');
}

function findingIn(reply: string): Finding {
  if (reply === 'stream: OK') return { found: null };
  const [, found] = /^stream: (.+) FOUND$/.exec(reply) ?? [];
  if (found !== undefined) return { found };
  throw new Error(`clamd said: ${reply.slice(0, 200)}`);
}
