import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { MatterOfDutyResolver, MatterOfObjectResolver, MatterOfOpenedResolver } from './matter-of-object.resolver.js';
import { MattersResolver } from './matters.resolver.js';
import { MattersService } from './matters.service.js';
import { StandInsResolver } from './stand-ins.resolver.js';
import { TasksResolver } from './tasks.resolver.js';
import { TasksService } from './tasks.service.js';

/**
 * An agency's own work on what it received and sent: who holds it, which of its units were given it and what they are to do, who stands in,
 * under which number it is kept, what else names the same. Nothing of it leaves the agency.
 */
@Module({
  imports: [ExchangeModule],
  providers: [
    MatterOfDutyResolver,
    MatterOfObjectResolver,
    MatterOfOpenedResolver,
    MattersResolver,
    MattersService,
    StandInsResolver,
    TasksResolver,
    TasksService,
  ],
})
export class DeskModule {}
