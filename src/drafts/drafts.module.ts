import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { DraftsResolver } from './drafts.resolver.js';
import { DraftsService } from './drafts.service.js';

/** What an officer composes and another approves and sends. Nothing of it leaves the agency before. */
@Module({ imports: [ExchangeModule], providers: [DraftsResolver, DraftsService] })
export class DraftsModule {}
