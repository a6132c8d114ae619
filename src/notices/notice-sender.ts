import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ScopedDatabase } from '../access/scoped-database.js';
import { HubIdentity } from '../common/hub-identity.js';
import { MailServer } from './mail-server.js';
import { type ClaimedNotice, noticeWords } from './notice-words.js';

const INTERVAL_MS = 5_000;
const BATCH = 500;

/**
 * Makes notices of what has come up and sends them, at the start and every five seconds. What is due when is in the rows, so a hub that was
 * stopped goes on where it was, and several processes may do it at once. A notice is taken before it is sent, by moving its next try on: it
 * is sent again only if the process ends between the mail server's yes and the row that says so, under the same Message-ID.
 */
@Injectable()
export class NoticeSender implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(NoticeSender.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<number> | undefined;
  private isStopped = false;

  constructor(
    private readonly database: ScopedDatabase,
    private readonly mail: MailServer,
    private readonly identity: HubIdentity,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.mail.isThere) this.logger.warn('No notices are sent: SMTP_URL is not set');
    void this.run();
    this.timer = setInterval(() => void this.run(), INTERVAL_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.isStopped = true;
    await this.running;
  }

  /** Does what is due now, or joins who is at it. Answers how many notices were sent. */
  run(): Promise<number> {
    this.running ??= this.makeAndSend().finally(() => (this.running = undefined));
    return this.running;
  }

  private async makeAndSend(): Promise<number> {
    try {
      await this.make();
      return this.mail.isThere ? await this.send() : 0;
    } catch (error) {
      this.logger.error({ err: error }, 'Notices failed; it will be tried again');
      return 0;
    }
  }

  private async make(): Promise<void> {
    for (let made = BATCH; made === BATCH && !this.isStopped;) {
      const [row] = await this.ask<{ made: number }>('SELECT cmd.make_notices($1) AS made', BATCH);
      made = row?.made ?? 0;
    }
    await this.ask('SELECT cmd.tell_drafts($1)', BATCH);
    await this.ask('SELECT cmd.make_digests()');
    await this.ask('SELECT cmd.tidy_notices()');
  }

  /** Ends early where the mail server cannot be reached: the others would wait for it as long. */
  private async send(): Promise<number> {
    for (let sent = 0; ; sent++) {
      const [notice] = this.isStopped ? [] : await this.ask<ClaimedNotice>('SELECT * FROM cmd.claim_notice()');
      if (!notice) return sent;
      const words = noticeWords(notice, `${this.identity.publicUrl}/`);
      const problem = await this.mail.send({ ...words, to: notice.address, id: notice.id });
      await this.ask('SELECT cmd.end_notice($1, $2, $3)', notice.id, problem, problem === 'REFUSED');
      if (problem !== null) this.logger.warn({ notice: notice.id, problem }, 'A notice was not sent');
      if (problem === 'UNREACHABLE') return sent;
    }
  }

  private ask<Row>(text: string, ...values: unknown[]): Promise<Row[]> {
    return this.database.asHub((tx) => tx.query<Row[]>(text, values));
  }
}
