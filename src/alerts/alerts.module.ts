import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { AlertOfObjectResolver, AlertOfOpenedResolver, AlertsResolver } from './alerts.resolver.js';
import { AlertsService } from './alerts.service.js';

/** Alerts: what one administration tells others unasked. Stands on exchange; withdrawal is a recall. */
@Module({
  imports: [ExchangeModule],
  providers: [AlertsService, AlertsResolver, AlertOfObjectResolver, AlertOfOpenedResolver],
})
export class AlertsModule {}
