import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';

const RECONNECT_MS = 1_000;
const GATHER_MS = 20;

/**
 * Wakes whoever waits for changes, when any process has accepted something (LISTEN/NOTIFY). It says only "look again".
 *
 * NOTIFY has its own transaction, after the commit and at most once in 20 ms: inside the submitting one it would hold a lock over the
 * commit, and all submits would wait for one disk flush each instead of sharing them. A signal lost in a crash costs a second, the time
 * after which everyone looks again.
 */
@Injectable()
export class ChangeSignal implements OnApplicationShutdown {
  private readonly logger = new Logger(ChangeSignal.name);
  private readonly waiting = new Set<() => void>();
  private client: Client | null = null;
  private isStopped = false;
  private pending: NodeJS.Timeout | undefined;

  constructor(private readonly url: string) {}

  async listen(): Promise<void> {
    const client = new Client({ connectionString: this.url, application_name: 'liaison-hub-signal' });
    client.on('notification', () => this.wakeAll());
    client.on('error', () => this.reconnect());
    client.on('end', () => this.reconnect());
    await client.connect();
    await client.query('SET synchronous_commit = off');
    await client.query('LISTEN liaison_change');
    this.client = client;
  }

  /** Says that something was accepted; to be called after the commit. */
  announce(): void {
    this.wakeAll();
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.client?.query('NOTIFY liaison_change').catch(() => undefined);
    }, GATHER_MS).unref();
  }

  /** Resolves at the next signal with true, or after `ms` with false: a missed signal only costs time. `over` ends the wait at once. */
  wait(ms: number, over?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isSignal: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        over?.removeEventListener('abort', stop);
        resolve(isSignal);
      };
      const wake = (): void => end(true);
      const stop = (): void => end(false);
      const timer = setTimeout(stop, ms);
      this.waiting.add(wake);
      over?.addEventListener('abort', stop);
      if (over?.aborted) stop();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.wakeAll();
    await this.client?.end().catch(() => undefined);
  }

  get isStopping(): boolean {
    return this.isStopped;
  }

  private wakeAll(): void {
    for (const done of this.waiting) done();
  }

  private reconnect(): void {
    if (this.isStopped || !this.client) return;
    this.client = null;
    this.logger.warn('The change signal lost its connection; feeds look once a second until it is back');
    const attempt = (): void => {
      if (this.isStopped) return;
      this.listen().catch(() => setTimeout(attempt, RECONNECT_MS).unref());
    };
    setTimeout(attempt, RECONNECT_MS).unref();
  }
}
