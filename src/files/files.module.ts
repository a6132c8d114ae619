import { Module } from '@nestjs/common';
import { AttachmentsService } from './attachments.service.js';
import { FileSweeper } from './file-sweeper.js';
import { FilesController } from './files.controller.js';
import { FilesService } from './files.service.js';

/** Files: taken in, judged, encrypted in a folder or a bucket, and given to the readers of the objects that name them. */
@Module({
  controllers: [FilesController],
  providers: [AttachmentsService, FilesService, FileSweeper],
  exports: [AttachmentsService],
})
export class FilesModule {}
