import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { FilesModule } from '../files/files.module.js';
import { ImportsResolver } from './imports.resolver.js';
import { ImportsService } from './imports.service.js';
import { LetterFilesController } from './letter-files.controller.js';
import { LetterFilesService } from './letter-files.service.js';
import { LetterTasksResolver } from './letter-tasks.resolver.js';
import { LetterTasksService } from './letter-tasks.service.js';
import { LetterOfDutyResolver, LetterOfTaskResolver, LettersResolver } from './letters.resolver.js';
import { LettersService } from './letters.service.js';

/**
 * The register: letters to and from administrations that are not on the hub. They are the agency's own record, signed by nobody, and share
 * the clocks of what goes through the hub.
 */
@Module({
  imports: [ExchangeModule, FilesModule],
  controllers: [LetterFilesController],
  providers: [
    ImportsResolver,
    ImportsService,
    LetterFilesService,
    LetterOfDutyResolver,
    LetterOfTaskResolver,
    LetterTasksResolver,
    LetterTasksService,
    LettersResolver,
    LettersService,
  ],
})
export class RegisterModule {}
