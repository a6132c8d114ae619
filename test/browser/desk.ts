import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type KeyRole, writeKey } from '../../src/cli/key-files.js';
import { HUB_ID, type Party, type TestHub } from '../support/hub.js';

const CLI = resolve('dist/src/cli/liaison.js');

/** A desk with the command line, where a party's root and its unit's keys lie in files. */
export class Desk {
  private constructor(
    readonly folder: string,
    private readonly party: Party,
  ) {}

  static async at(t: TestHub, party: Party): Promise<Desk> {
    const desk = new Desk(mkdtempSync(join(tmpdir(), 'liaison-desk-')), party);
    const keys = { root: party.root, unit: party.signing, client: party.client } satisfies Partial<
      Record<KeyRole, object>
    >;
    for (const [role, pair] of Object.entries(keys)) writeKey(desk.path(`${role}.key.json`), role as KeyRole, pair);
    const place = ['--hub', t.url, '--agency', party.agency, '--unit', party.unit];
    await desk.run('profile', ...place, '--client', 'client.key.json', '--signing', 'unit.key.json');
    await desk.run('pin', '--agency', party.agency, '--root', 'root.pub.json');
    return desk;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  write(name: string, value: object): void {
    writeFileSync(this.path(name), JSON.stringify(value));
  }

  /** Runs the program as another process, and demands that it succeeds; its JSON. */
  async run<T = unknown>(...words: string[]): Promise<T> {
    const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8' };
    const given = [CLI, ...words, '--home', 'home', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: this.folder, env });
    return JSON.parse(stdout) as T;
  }

  /** Brings a key into the agency's set, as docs/operations.md says; `key` is what stands on the page beside the key's file. */
  async bringIn(key: string, ...signer: string[]): Promise<void> {
    const by = signer.length > 0 ? signer : ['--root', 'root.key.json'];
    const { agency } = this.party;
    const { chain } = await this.run<{ chain: string[] }>('keyset', 'show', '--agency', agency);
    writeFileSync(this.path('previous.json'), chain.at(-1)!);
    const from = ['--agency', agency, '--hub-id', HUB_ID, '--previous', 'previous.json'];
    await this.run('keyset', 'build', ...from, '--key', key, '--days', '30', '--out', 'next.payload.json');
    await this.run('keyset', 'sign', 'next.payload.json', ...by, '--yes', '--out', 'next.json');
    await this.run('keyset', 'publish', 'next.json');
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
