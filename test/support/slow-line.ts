import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to PostgreSQL on which each message of the server arrives by itself, as it may on any network; `delayMs` lie between two. */
export async function slowLine(url: string, delayMs: number): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  const ends = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const end of [client, upstream]) ends.add(end.on('error', () => end.destroy()));
    client.pipe(upstream);
    let waiting = Buffer.alloc(0);
    let previous = Promise.resolve();
    upstream.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      // A message: its type (1 byte), then its length (4 bytes, without the type).
      while (waiting.length > 4 && waiting.length > waiting.readUInt32BE(1)) {
        const message = waiting.subarray(0, 1 + waiting.readUInt32BE(1));
        waiting = waiting.subarray(message.length);
        previous = previous.then(() => send(client, message, delayMs));
      }
    });
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
