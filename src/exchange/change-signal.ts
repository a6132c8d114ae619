import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';

const RECONNECT_MS = 1_000;

/** Wakes whoever waits for changes, when any process has accepted something (LISTEN/NOTIFY). It says only "look again". */
@Injectable()
export class ChangeSignal implements OnApplicationShutdown {
  private readonly logger = new Logger(ChangeSignal.name);
  private readonly waiting = new Set<() => void>();
  private client: Client | null = null;
  private isStopped = false;

  constructor(private readonly url: string) {}

  async listen(): Promise<void> {
    const client = new Client({ connectionString: this.url, application_name: 'liaison-hub-signal' });
    client.on('notification', () => this.wakeAll());
    client.on('error', () => this.reconnect());
    client.on('end', () => this.reconnect());
    await client.connect();
    await client.query('LISTEN liaison_change');
    this.client = client;
  }

  /** Resolves at the next signal, or after `ms`: a missed signal only costs time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
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
