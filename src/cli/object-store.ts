import { join } from 'node:path';
import type { BundledObject } from '../protocol/bundle.js';
import { writeJson } from './files.js';

/** Keeps a submitted object with its parts and its receipt: what is needed to prove it without the hub. */
export function keepObject(home: string, id: string, object: BundledObject): string {
  const file = join(home, 'objects', `${id}.object.json`);
  writeJson(file, object);
  return file;
}
