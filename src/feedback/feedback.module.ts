import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { FeedbackResolver, ReportsOfAlertResolver } from './feedback.resolver.js';
import { FeedbackService } from './feedback.service.js';

/** What came of what was shared: reports on alerts and on answers, for whoever shared it. */
@Module({ imports: [ExchangeModule], providers: [FeedbackService, FeedbackResolver, ReportsOfAlertResolver] })
export class FeedbackModule {}
