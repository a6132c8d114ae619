import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { FilesModule } from '../files/files.module.js';
import { ConsentComposer } from './consent-composer.service.js';
import {
  ConsentOfObjectResolver,
  ConsentOfOpenedResolver,
  ConsentsResolver,
  PassedOnResolver,
} from './consents.resolver.js';
import { ActsOfObjectResolver, ActsOfOpenedResolver } from './acts.resolver.js';
import { ConsentsService } from './consents.service.js';

/**
 * Consents of who sent an object: asked for, given, refused and taken back as signed objects; and the one use that the hub carries out
 * itself, passing an object on to a reader whom its sender did not address. Also what handling permits at all. Stands on exchange.
 */
@Module({
  imports: [ExchangeModule, FilesModule],
  providers: [
    ActsOfObjectResolver,
    ActsOfOpenedResolver,
    ConsentComposer,
    ConsentOfObjectResolver,
    ConsentOfOpenedResolver,
    ConsentsResolver,
    ConsentsService,
    PassedOnResolver,
  ],
})
export class ConsentsModule {}
