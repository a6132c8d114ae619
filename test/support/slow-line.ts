import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Line {
  url: string;
  close(): Promise<void>;
}

/** A way to PostgreSQL on which each message of the server arrives by itself, as it may on any network; `delayMs` lie between two. */
export function slowLine(url: string, delayMs: number): Promise<Line> {
  return line(url, () => {
    let waiting = Buffer.alloc(0);
    let previous = Promise.resolve();
    return (bytes, client) => {
      waiting = Buffer.concat([waiting, bytes]);
      // A message: its type (1 byte), then its length (4 bytes, without the type).
      while (waiting.length > 4 && waiting.length > waiting.readUInt32BE(1)) {
        const message = waiting.subarray(0, 1 + waiting.readUInt32BE(1));
        waiting = waiting.subarray(message.length);
        previous = previous.then(() => send(client, message, delayMs));
      }
    };
  });
}

/** A way to PostgreSQL that breaks at the word of the server that all is written: it is, and nobody was told. */
export function lineWithoutCommits(url: string): Promise<Line> {
  return line(url, () => (bytes, client) => {
    if (bytes.includes('COMMIT\0')) client.destroy();
    else client.write(bytes);
  });
}

/** A way to a server; `answers` makes for each connection what passes its answers on to the client. */
async function line(url: string, answers: () => (bytes: Buffer, client: Socket) => void): Promise<Line> {
  const { hostname, port } = new URL(url);
  const ends = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const end of [client, upstream]) ends.add(end.on('error', () => end.destroy()));
    client.pipe(upstream);
    const pass = answers();
    upstream.on('data', (bytes: Buffer) => pass(bytes, client));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const here = new URL(url);
  here.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: here.href,
    close: () => {
      for (const end of ends) end.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function send(to: Socket, message: Buffer, delayMs: number): Promise<void> {
  to.write(message);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
}
