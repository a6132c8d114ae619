import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { ChangeSignal } from '../exchange/change-signal.js';

const INTERVAL_MS = 15_000;
const BATCH = { open_duties: 20, lapse_requests: 1_000, sweep_duties: 1_000 };

/**
 * Opens the duties of alerts to communities, reminds of duties and lets requests lapse, at the start and every 15 seconds. What is due when is in the rows; this only asks PostgreSQL to look. A hub that was
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

  /** Does what is due now. Answers of how much: alerts whose duties were opened, requests that lapsed, duties that were reminded of. */
  async sweep(): Promise<number> {
    let total = 0;
    try {
      for (const command of ['open_duties', 'lapse_requests', 'sweep_duties'] as const)
        total += await this.all(command);
      if (total > 0) this.signal.announce();
    } catch (error) {
      this.logger.error({ err: error }, 'Sweeping duties failed; it will be tried again');
    }
    return total;
  }

  private async all(command: keyof typeof BATCH): Promise<number> {
    const batch = BATCH[command];
    let total = 0;
    for (let swept = batch; swept === batch;) {
      const text = `SELECT cmd.${command}($1, $2) AS swept`;
      const [row] = await this.dataSource.query<{ swept: number }[]>(text, [this.clock.now(), batch]);
      swept = row?.swept ?? 0;
      total += swept;
    }
    return total;
  }
}
