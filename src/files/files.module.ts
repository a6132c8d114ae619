import { Module } from '@nestjs/common';
import { AttachmentsService } from './attachments.service.js';
import { FileSweeper } from './file-sweeper.js';
import { FilesController } from './files.controller.js';
import { FilesService } from './files.service.js';
import { UploadsController } from './uploads.controller.js';
import { UploadsService } from './uploads.service.js';

/** Files: taken in, whole or in parts, judged, encrypted in a folder or a bucket, and given to the readers of the objects that name them. */
@Module({
  controllers: [FilesController, UploadsController],
  providers: [AttachmentsService, FilesService, FileSweeper, UploadsService],
  exports: [AttachmentsService],
})
export class FilesModule {}
