import { Controller, Get, Param, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { FileRefused, NotFound } from '../common/errors.js';
import { UUID } from '../common/uuid.js';
import { HoldsFileTurn } from '../edge/file-turns.js';
import { GivesFile } from '../edge/gives-file.js';
import { SHA256 } from '../protocol/digest.js';
import { AttachmentsService } from './attachments.service.js';
import { FILE_TYPES, isTaken, MAX_WHOLE_BYTES } from './file-type.js';
import { type DeclaredFile, FilesService, type KeptFile } from './files.service.js';
import { announcedIn, digestIn, isBeginning, mediaTypeIn, tellState } from './upload-headers.js';
import { UploadsService } from './uploads.service.js';

/** Files by plain HTTP: uploaded by themselves, downloaded as attachments of an object. */
@Controller('files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: UploadsService,
    private readonly attachments: AttachmentsService,
  ) {}

  /**
   * The body is the file. Answers 201 when it was judged, 202 while it stays in quarantine: the same upload again has it looked at again. With
   * `Upload-Complete: ?0` there is no body, and `Location` says where its parts are to be sent.
   */
  @Post()
  @Allow('objects.submit')
  @UseInterceptors(HoldsFileTurn)
  async upload(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeptFile | undefined> {
    if (!isBeginning(request.headers)) {
      return tellKept(reply, await this.files.receive(caller, declaredIn(request, reply), contentOf(request)));
    }
    const upload = await this.uploads.begin(caller, announcedIn(request, reply));
    tellState(reply, upload);
    void reply.status(201).header('location', `/uploads/${upload.id}`);
    return undefined;
  }

  /** The name is the hub's, and the type one of the known ones. */
  @Get(':object/:sha256')
  @Allow('objects.read')
  @GivesFile()
  async download(
    @CurrentCaller() caller: Caller,
    @Param('object') object: string,
    @Param('sha256') sha256: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!UUID.test(object) || !SHA256.test(sha256)) throw new NotFound();
    const file = await this.attachments.open(caller, object, sha256);
    await reply
      .header('content-type', file.mediaType)
      .header('content-length', file.size)
      .header(
        'content-disposition',
        `attachment; filename="${sha256.slice(0, 16)}.${FILE_TYPES[file.mediaType] ?? 'bin'}"`,
      )
      .header('repr-digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`)
      .send(file.content);
  }
}

/** What the headers say of the file. One that is too large is not read to its end. */
function declaredIn({ headers }: FastifyRequest, reply: FastifyReply): DeclaredFile {
  const mediaType = mediaTypeIn(headers);
  const size = Number(headers['content-length']);
  if (!Number.isSafeInteger(size) || size > MAX_WHOLE_BYTES) void reply.header('connection', 'close');
  if (!Number.isSafeInteger(size) || size === 0) throw new FileRefused('LENGTH');
  if (size > MAX_WHOLE_BYTES) throw new FileRefused('SIZE');
  if (!isTaken(mediaType)) throw new FileRefused('TYPE');
  return { size, mediaType, sha256: digestIn(headers['content-digest']) };
}

/** The body as it comes. A request that is given up is not destroyed: its sender is told why. */
export function contentOf({ raw }: FastifyRequest): AsyncIterable<Buffer> {
  return raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

export function tellKept(reply: FastifyReply, kept: KeptFile): KeptFile {
  void reply.status(kept.state === 'QUARANTINED' ? 202 : 201);
  return kept;
}
