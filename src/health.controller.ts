import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Public } from './access/permission.js';
import { Unavailable } from './common/errors.js';

/** For whoever watches the process: alive, and able to serve. */
@Controller()
export class HealthController {
  private asked: Promise<unknown> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  @Get('healthz')
  @Public(true)
  alive(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public(true)
  async ready(): Promise<{ status: string }> {
    try {
      // Anyone may ask, so the database is asked once for all who wait.
      this.asked ??= this.dataSource.query('SELECT 1').finally(() => (this.asked = undefined));
      await this.asked;
    } catch {
      throw new Unavailable();
    }
    return { status: 'ok' };
  }
}
