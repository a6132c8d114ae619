import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { NotesOfAlertResolver, NotesOfRequestResolver, NotesResolver } from './notes.resolver.js';
import { NotesService } from './notes.service.js';

/** Notes between the two sides of an alert or a request, which move nothing. Stands on alerts and requests. */
@Module({
  imports: [ExchangeModule],
  providers: [NotesService, NotesResolver, NotesOfAlertResolver, NotesOfRequestResolver],
})
export class NotesModule {}
