import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { ChangeHints, ChangedResolver } from './change-hints.js';
import { ComposerService } from './composer.service.js';
import { ConfirmationsResolver } from './confirmations.js';
import { ExchangeResolver, SubmissionResolver } from './exchange.resolver.js';
import { ExpirySweeper } from './expiry-sweeper.js';
import { ObjectKinds } from './object-kind.js';
import { ObjectAccessResolver } from './object-access.js';
import { ObjectsService } from './objects.service.js';
import { RecallsResolver } from './recalls.js';
import { RestrictionOfObjectResolver, RestrictionOfOpenedResolver, RestrictionsResolver } from './restrictions.js';
import { SchemasController } from './schemas.controller.js';
import { SubmissionsService } from './submissions.service.js';

/** Signed objects: taken in, released to their audiences, listed, opened, recalled. Knows kinds only by what modules register. */
@Module({
  imports: [FilesModule],
  controllers: [SchemasController],
  providers: [
    ChangeHints,
    ChangedResolver,
    ComposerService,
    ConfirmationsResolver,
    ExchangeResolver,
    ExpirySweeper,
    ObjectAccessResolver,
    ObjectKinds,
    ObjectsService,
    RecallsResolver,
    RestrictionOfObjectResolver,
    RestrictionOfOpenedResolver,
    RestrictionsResolver,
    SubmissionResolver,
    SubmissionsService,
  ],
  exports: [ComposerService, ObjectKinds, ObjectsService, SubmissionsService],
})
export class ExchangeModule {}
