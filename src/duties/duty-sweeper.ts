import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { ChangeSignal } from '../exchange/change-signal.js';

const INTERVAL_MS = 15_000;
const BATCH = 1_000;

/**
 * Reminds of duties, at the start and every 15 seconds. What is due when is in the rows; this only asks PostgreSQL to look. A hub that was
 * stopped reminds of each duty once when it starts again. Several processes may sweep at once.
 */
@Injectable()
export class DutySweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DutySweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly signal: ChangeSignal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sweep();
    this.timer = setInterval(() => void this.sweep(), INTERVAL_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Reminds of what is to be reminded of now. Answers of how many duties. */
  async sweep(): Promise<number> {
    let total = 0;
    try {
      for (let swept = BATCH; swept === BATCH;) {
        const text = 'SELECT cmd.sweep_duties($1, $2) AS swept';
        const [row] = await this.dataSource.query<{ swept: number }[]>(text, [this.clock.now(), BATCH]);
        swept = row?.swept ?? 0;
        total += swept;
      }
      if (total > 0) this.signal.announce();
    } catch (error) {
      this.logger.error({ err: error }, 'Reminding of duties failed; it will be tried again');
    }
    return total;
  }
}
