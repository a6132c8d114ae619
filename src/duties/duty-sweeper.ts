import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScopedDatabase } from '../access/scoped-database.js';
import { ChangeSignal } from '../exchange/change-signal.js';

const INTERVAL_MS = 15_000;
/** In the order in which they run, and how much each does in one transaction. */
const BATCH = {
  open_duties: 20,
  lapse_requests: 1_000,
  lapse_oral_requests: 1_000,
  lapse_consents: 1_000,
  lapse_drafts: 1_000,
  sweep_duties: 1_000,
};
type Sweep = keyof typeof BATCH;

/**
 * Opens the duties of alerts to communities, reminds of duties and lets requests and drafts lapse, at the start and every 15 seconds. What is due when
 * is in the rows; this only asks PostgreSQL to look. A hub that was stopped reminds of each duty once when it starts again,
 * and what lapses by silence has as much more time. Several processes
 * may sweep at once.
 */
@Injectable()
export class DutySweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DutySweeper.name);
  private timer: NodeJS.Timeout | undefined;
  private isMadeUp = false;

  constructor(
    private readonly database: ScopedDatabase,
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
    // At the start, and after PostgreSQL was away: nothing lapses before the time that was lost is made up.
    if (!this.isMadeUp && !(await this.makeUp())) return 0;
    let total = 0;
    for (const command of Object.keys(BATCH) as Sweep[]) total += await this.all(command);
    if (total > 0) this.signal.announce();
    this.isMadeUp = await this.guarded('beat', (tx) => tx.query('SELECT cmd.beat()'));
    return total;
  }

  /** Adds the time in which the hub stood still to what lapses by silence. Whether that is done. */
  async makeUp(): Promise<boolean> {
    return this.guarded('make_up_standstill', (tx) => tx.query('SELECT cmd.make_up_standstill()'));
  }

  private async all(command: Sweep): Promise<number> {
    const batch = BATCH[command];
    let total = 0;
    await this.guarded(command, async (tx) => {
      const [row] = await tx.query<{ swept: number }[]>(`SELECT cmd.${command}($1) AS swept`, [batch]);
      total += row!.swept;
      return row!.swept === batch;
    });
    return total;
  }

  /** Does it, and again as long as it says that there is more. One that fails keeps no other from what is due. Whether it did not. */
  private async guarded(command: string, work: (tx: EntityManager) => Promise<unknown>): Promise<boolean> {
    try {
      while ((await this.database.asHub(work)) === true);
      return true;
    } catch (error) {
      this.logger.error({ err: error, command }, 'Sweeping duties failed; it will be tried again');
      return false;
    }
  }
}
