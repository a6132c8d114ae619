import { Controller, Get, Header, Param, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { NotFound } from '../common/errors.js';
import { UUID } from '../common/uuid.js';
import { HoldsFileTurn } from '../edge/file-turns.js';
import { FILE_TYPES } from '../files/file-type.js';
import { type LetterFile, LetterFilesService } from './letter-files.service.js';

/** Letters and their scans by plain HTTP. As with attachments, nothing in them is run, framed, guessed or kept by a browser. */
@Controller('letters')
@UseInterceptors(HoldsFileTurn)
export class LetterFilesController {
  constructor(private readonly service: LetterFilesService) {}

  /** A letter that goes out, to be printed, signed and sealed. */
  @Get(':id/letter.pdf')
  @Allow('objects.read')
  @Header('x-content-type-options', 'nosniff')
  @Header('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'")
  @Header('cross-origin-resource-policy', 'same-origin')
  @Header('cache-control', 'no-store')
  async print(@CurrentCaller() caller: Caller, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    if (!UUID.test(id)) throw new NotFound();
    await send(reply, `letter-${id.slice(0, 8)}`, await this.service.print(caller, id));
  }

  @Get(':id/scan')
  @Allow('objects.read')
  @Header('x-content-type-options', 'nosniff')
  @Header('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'")
  @Header('cross-origin-resource-policy', 'same-origin')
  @Header('cache-control', 'no-store')
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
