import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it came over the wire. */
export interface ReceivedMail {
  to: string[];
  /** By name in lower case, unfolded and decoded. */
  headers: Record<string, string>;
  text: string;
  raw: string;
}

/** A real SMTP server on this machine, which keeps what it gets. */
export class TestMailServer {
  readonly mails: ReceivedMail[] = [];
  /** Answers of this code to RCPT TO, by address; of "*" to every one. */
  readonly refusals = new Map<string, number>();
  private server: SMTPServer | undefined;
  private port = 0;

  constructor(
    private readonly host = '127.0.0.1',
    private readonly offersTls = false,
  ) {}

  get url(): string {
    return `smtp://${this.host}:${this.port}`;
  }

  /** On the port it had before, where it had one. */
  async start(): Promise<void> {
    this.server = new SMTPServer({
      authOptional: true,
      logger: false,
      disabledCommands: this.offersTls ? ['AUTH'] : ['STARTTLS', 'AUTH'],
      onRcptTo: ({ address }, _session, callback) => {
        const code = this.refusals.get(address) ?? this.refusals.get('*');
        callback(code === undefined ? null : Object.assign(new Error('Not taken'), { responseCode: code }));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ to, ...parsed(Buffer.concat(chunks).toString('latin1')) });
          callback();
        });
      },
    });
    this.server.on('error', () => undefined); // of clients that go away
    this.server.listen(this.port, this.host);
    await once(this.server.server, 'listening');
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server!.close(() => resolve()));
  }

  /** What has come since the last time. */
  taken(): ReceivedMail[] {
    return this.mails.splice(0);
  }
}

function parsed(raw: string): Omit<ReceivedMail, 'to'> {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n'); // prettier-ignore
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decoded(line.slice(line.indexOf(':') + 2))]),
  );
  const body = raw.slice(end + 4);
  const bytes =
    headers['content-transfer-encoding'] === 'base64'
      ? Buffer.from(body, 'base64')
      : headers['content-transfer-encoding'] === 'quoted-printable'
        ? quotedPrintable(body.replace(/=\r\n/g, ''))
        : Buffer.from(body, 'latin1');
  return { headers, text: bytes.toString('utf8').replaceAll('\r\n', '\n'), raw };
}

/** RFC 2047. */
function decoded(value: string): string {
  return value.replace(/\?=\s+=\?/g, '?==?').replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
    how.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString('latin1')
      : quotedPrintable(word.replaceAll('_', ' ')).toString('latin1'),
  ).replace(/[\u0080-\u00ff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8')); // prettier-ignore
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
