import { createTransport } from 'nodemailer';
import { type Environment, isThisMachine } from '../../config/environment.js';
import type { SecretsFolder } from '../database/secrets.js';
import type { NoticeProblem } from './notice-codes.js';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Stands in the Message-ID: the same for each try, so that a mail system can know what it has. */
  id: string;
}

const SECRET = 'smtp';
/** All steps together end before a notice is tried again, after a minute. */
const MOST_MS = 45_000;

/** The mail server of the environment; it can be spoken to only by TLS, except on this machine. Without one, nothing is sent. */
export class MailServer {
  private constructor(
    private readonly transport: ReturnType<typeof createTransport> | null,
    private readonly from: string,
    private readonly host: string,
  ) {}

  /** Throws when the secret file with its account has another form. */
  static open(environment: Environment, secrets: SecretsFolder): MailServer {
    const { SMTP_URL: address, SMTP_FROM: from, HUB_ID: host } = environment;
    if (address === undefined || from === undefined) return new MailServer(null, '', host);
    const account = secrets.read<{ user?: unknown; password?: unknown }>(SECRET);
    if (account && (typeof account.user !== 'string' || typeof account.password !== 'string')) {
      throw new Error(`${secrets.folder}/${SECRET}.json must have the members user and password`);
    }
    const { hostname, port, protocol } = new URL(address);
    const isLocal = isThisMachine(address);
    const transport = createTransport({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'smtps:' ? 465 : 587),
      secure: protocol === 'smtps:',
      requireTLS: !isLocal,
      ignoreTLS: isLocal && protocol === 'smtp:',
      tls: { minVersion: 'TLSv1.2' },
      name: host,
      ...(account ? { auth: { user: account.user as string, pass: account.password as string } } : {}),
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
      dnsTimeout: 10_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return new MailServer(transport, from, host);
  }

  get isThere(): boolean {
    return this.transport !== null;
  }

  /** Sends a mail, or says why not. */
  async send({ to, subject, text, id }: Mail): Promise<NoticeProblem | null> {
    const mail = {
      from: { name: '', address: this.from },
      to: { name: '', address: to },
      subject,
      text,
      messageId: `<${id}@${this.host}>`,
      // RFC 3834: nobody who is away answers it.
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<NoticeProblem>((resolve) => {
      timer = setTimeout(() => resolve('UNREACHABLE'), MOST_MS).unref();
    });
    const sent = this.transport!.sendMail(mail).then(() => null, problemOf);
    return Promise.race([sent, late]).finally(() => clearTimeout(timer));
  }
}

/** A server that says no to this reader, or to this mail, says so for good with 5xx. Any other error is not the mail's. */
function problemOf(error: unknown): NoticeProblem {
  const { responseCode = 0, command = '' } = error as { responseCode?: number; command?: string };
  if (!['RCPT TO', 'DATA'].includes(command) || responseCode < 400) return 'UNREACHABLE';
  return responseCode >= 500 ? 'REFUSED' : 'DEFERRED';
}
