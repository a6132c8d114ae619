import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { DutySweeper } from './duty-sweeper.js';
import { DutiesResolver } from './duties.resolver.js';

/** What is owed by when. The clocks themselves run in PostgreSQL, where each act on a request keeps them. */
@Module({ imports: [ExchangeModule], providers: [DutiesResolver, DutySweeper] })
export class DutiesModule {}
