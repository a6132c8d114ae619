import { Module } from '@nestjs/common';
import { KeySetsService } from './key-sets.service.js';
import { TrustResolver } from './trust.resolver.js';

/** Whose keys count: agencies' key sets and the hub's receipts. */
@Module({ providers: [KeySetsService, TrustResolver] })
export class TrustModule {}
