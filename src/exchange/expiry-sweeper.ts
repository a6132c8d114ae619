import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeSignal } from './change-signal.js';

const INTERVAL_MS = 30_000;
const BATCH = 1_000;

/** Takes expired releases off the lists' indexes and leaves tombstones in the feed. Sight ends without it: policies compare the time. */
@Injectable()
export class ExpirySweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ExpirySweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: ChangeSignal,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), INTERVAL_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Sweeps what is due, a batch at a time. */
  async sweep(): Promise<void> {
    try {
      for (let swept = BATCH; swept === BATCH;) {
        const [row] = await this.dataSource.query<{ swept: number }[]>('SELECT cmd.sweep_expired($1) AS swept', [
          BATCH,
        ]);
        swept = row?.swept ?? 0;
        if (swept > 0) this.signal.announce();
      }
    } catch (error) {
      this.logger.error({ err: error }, 'Sweeping expired releases failed; it will be tried again');
    }
  }
}
