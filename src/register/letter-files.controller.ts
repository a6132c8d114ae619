import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { NotFound } from '../common/errors.js';
import { UUID } from '../common/uuid.js';
import { GivesFile } from '../edge/gives-file.js';
import { FILE_TYPES } from '../files/file-type.js';
import { type LetterFile, LetterFilesService } from './letter-files.service.js';

/** Letters and their scans by plain HTTP. */
@Controller('letters')
export class LetterFilesController {
  constructor(private readonly service: LetterFilesService) {}

  /** A letter that goes out, to be printed, signed and sealed. */
  @Get(':id/letter.pdf')
  @Allow('objects.read')
  @GivesFile()
  async print(@CurrentCaller() caller: Caller, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    if (!UUID.test(id)) throw new NotFound();
    await send(reply, `letter-${id.slice(0, 8)}`, await this.service.print(caller, id));
  }

  @Get(':id/scan')
  @Allow('objects.read')
  @GivesFile()
  async scan(@CurrentCaller() caller: Caller, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    if (!UUID.test(id)) throw new NotFound();
    await send(reply, `scan-${id.slice(0, 8)}`, await this.service.openScan(caller, id));
  }
}

async function send(reply: FastifyReply, name: string, file: LetterFile): Promise<void> {
  const { content, size, mediaType, sha256 } = file;
  void reply
    .header('content-type', mediaType)
    .header('content-length', size)
    .header('content-disposition', `attachment; filename="${name}.${FILE_TYPES[mediaType] ?? 'bin'}"`);
  if (sha256 !== null) {
    void reply.header('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
  }
  await reply.send(content);
}
