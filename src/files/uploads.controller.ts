import { Controller, Delete, Head, HttpCode, Param, Patch, Req, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { HoldsFileTurn } from '../edge/file-turns.js';
import { MAX_APPEND_BYTES } from './file-type.js';
import type { KeptFile } from './files.service.js';
import { contentOf, tellKept } from './files.controller.js';
import { partIn, readAtMost, tellState } from './upload-headers.js';
import { UploadsService, WrongOffset } from './uploads.service.js';

/**
 * Uploads in parts, after draft-ietf-httpbis-resumable-upload; POST /files begins them. Of the draft there is what a client needs that knows
 * the length: no interim answers, no content at the beginning, and a broken request adds nothing. Other than there, an upload that is
 * complete tells again what became of it when it is completed once more, so that a lost answer costs nothing.
 */
@Controller('uploads')
@UseInterceptors(HoldsFileTurn)
export class UploadsController {
  constructor(private readonly uploads: UploadsService) {}

  @Head(':upload')
  @Allow('objects.submit')
  @HttpCode(204)
  async state(
    @CurrentCaller() caller: Caller,
    @Param('upload') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    tellState(reply, await this.uploads.find(caller, id));
  }

  /** The body is the next part of the file. The last one is answered as the whole file would have been, with `Upload-Complete: ?1`. */
  @Patch(':upload')
  @Allow('objects.submit')
  async append(
    @CurrentCaller() caller: Caller,
    @Param('upload') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeptFile | undefined> {
    readAtMost(MAX_APPEND_BYTES, request.headers, reply);
    const upload = await this.uploads.find(caller, id);
    tellState(reply, upload);
    const part = partIn(request.headers, upload);
    try {
      if (part.at !== upload.offset) throw new WrongOffset(upload.offset);
      if (part.size > 0) await this.uploads.append(caller, upload, part, contentOf(request));
    } catch (error) {
      if (error instanceof WrongOffset) void reply.header('upload-offset', error.offset);
      throw error;
    }
    void reply.header('upload-offset', part.at + part.size);
    if (!part.isLast) {
      void reply.status(204);
      return undefined;
    }
    // From here on also a refusal is of the file, and not of this part.
    void reply.header('upload-complete', '?1');
    return tellKept(reply, await this.uploads.complete(caller, id));
  }

  @Delete(':upload')
  @Allow('objects.submit')
  @HttpCode(204)
  async cancel(@CurrentCaller() caller: Caller, @Param('upload') id: string): Promise<void> {
    await this.uploads.cancel(caller, id);
  }
}
