import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FileStore } from './file-store.js';
import { copyOf } from './files.service.js';

const INTERVAL_MS = 60 * 60 * 1000;
const BATCH = 1_000;
const UUID_LENGTH = 36;

/**
 * Removes files that nobody needs any more, at the start and every hour:
 *
 * - files that were uploaded and attached to nothing for 24 hours: first their rows, then their bytes
 * - the parts of uploads that were not completed within a day, and what became of those that were
 * - what a process that was killed left behind: unfinished files, and whole ones of which no row speaks
 *
 * Several processes may sweep at once.
 */
@Injectable()
export class FileSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(FileSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: FileStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sweep();
    this.timer = setInterval(() => void this.sweep(), INTERVAL_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    try {
      for (let swept = BATCH; swept === BATCH;) {
        swept = await this.removeThoseOf('SELECT cmd.sweep_files($1) AS id', [BATCH]);
      }
      await this.removeThoseOf('SELECT cmd.sweep_uploads($1) AS id', [10 * BATCH]);
      await this.removeUnknown();
    } catch (error) {
      this.logger.error({ err: error }, 'Sweeping files failed; it will be tried again');
    }
  }

  private async removeUnknown(): Promise<void> {
    const ids = new Set<string>();
    const remove = async (): Promise<void> => {
      await this.removeThoseOf('SELECT cmd.unknown_files($1) AS id', [[...ids]]);
      ids.clear();
    };
    for await (const name of this.store.names()) {
      ids.add(name.slice(0, UUID_LENGTH));
      if (ids.size === BATCH) await remove();
    }
    if (ids.size > 0) await remove();
  }

  private async removeThoseOf(query: string, values: unknown[]): Promise<number> {
    const rows = await this.dataSource.query<{ id: string }[]>(query, values);
    for (const { id } of rows) await this.store.remove(id, copyOf(id));
    return rows.length;
  }
}
