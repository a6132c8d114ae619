import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PROJECT_FOLDER } from '../../../config/environment.js';
import { Public } from '../../access/permission.js';
import { NotFound } from '../../common/errors.js';

/** What a page loads besides itself. Its name has a hash of its content, so it never changes. */
interface PageFile {
  mediaType: string;
  /** By content coding (RFC 9110, section 8.4.1), the smallest first. */
  content: Readonly<Record<'br' | 'gzip' | 'identity', Buffer>>;
}

const SCRIPTS = join(PROJECT_FOLDER, 'dist/pages');
const HASHED = /^(.+)-[0-9a-f]{8}\.js$/;

const style = readFileSync(join(import.meta.dirname, 'pages/page.css'));
const styleName = `page-${createHash('sha256').update(style).digest('hex').slice(0, 8)}.css`;

/** Read once: what may be asked for is listed here, and no path is made of what somebody asks. */
const FILES: ReadonlyMap<string, PageFile> = new Map([
  [styleName, pageFile('text/css', style)],
  ...readdirSync(SCRIPTS)
    .filter((name) => HASHED.test(name))
    .map((name) => [name, pageFile('text/javascript', readFileSync(join(SCRIPTS, name)))] as const),
]);

/** The address of a page's script, as it is called in the sources without its ending, or of the style that all pages have. */
export function addressOf(name: 'page.css' | 'browser' | 'signing' | 'administration'): string {
  const file = name === 'page.css' ? styleName : [...FILES.keys()].find((each) => HASHED.exec(each)?.[1] === name);
  return `/pages/${file}`;
}

/** Serves the scripts that `npm run build` has bundled, and the style, compressed and for good. */
@Controller('pages')
export class PageFilesController {
  @Get(':file')
  @Public(true)
  file(
    @Param('file') name: string,
    @Headers('accept-encoding') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer {
    const file = FILES.get(name);
    if (file === undefined) throw new NotFound();
    const coding = (['br', 'gzip'] as const).find((each) => accepts(accepted, each)) ?? 'identity';
    void reply.headers({
      'content-type': `${file.mediaType}; charset=utf-8`,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
    });
    return file.content[coding];
  }
}

function pageFile(mediaType: string, content: Buffer): PageFile {
  return { mediaType, content: { br: brotliCompressSync(content), gzip: gzipSync(content), identity: content } };
}

/** Whether a coding is named, and not with the weight zero. */
function accepts(header: string | undefined, coding: string): boolean {
  return (header ?? '').split(',').some((each) => {
    const [name, weight] = each.trim().split(/\s*;\s*q=/);
    return name === coding && Number(weight ?? 1) > 0;
  });
}
