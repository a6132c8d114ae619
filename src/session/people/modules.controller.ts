import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Controller, Get, Header, Param } from '@nestjs/common';
import { PROJECT_FOLDER } from '../../../config/environment.js';
import { Public } from '../../access/permission.js';
import { NotFound } from '../../common/errors.js';

const { resolve } = createRequire(import.meta.url);

/** What a page's script may load besides itself: the protocol's own code, as the server runs it, and what that imports. */
const FOLDERS: Readonly<Record<string, string>> = {
  protocol: join(PROJECT_FOLDER, 'dist/src/protocol'),
  jose: dirname(resolve('jose')),
  'noble-curves': dirname(resolve('@noble/curves/ed25519.js')),
  'noble-hashes': dirname(resolve('@noble/hashes/sha2.js')),
};

/** Serves those modules, and no other file: what may be asked for is listed once. */
@Controller()
export class ModulesController {
  private readonly files = new Map(Object.entries(FOLDERS).flatMap(([name, folder]) => modulesIn(name, folder)));

  @Get('modules/*')
  @Public(true)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('x-content-type-options', 'nosniff')
  async module(@Param('*') path: string): Promise<Buffer> {
    const file = this.files.get(path);
    if (file === undefined) throw new NotFound();
    return readFile(file);
  }
}

function modulesIn(name: string, folder: string): [path: string, file: string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[\w.-]+\.js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [`${name}/${relative(folder, file)}`, file]);
}
