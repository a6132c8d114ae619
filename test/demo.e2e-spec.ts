import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildWorld } from '../src/demo/world/build-world.js';
import { HUB_ID, startTestHub, type TestHub } from './support/hub.js';

const DEMO = join(import.meta.dirname, '../dist/src/demo/demo.js');
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub();
  await buildWorld({
    url: t.url,
    hubId: HUB_ID,
    asOperator: t.database.asOperator,
    setClock: (instant) => t.hub.clock.set(instant),
    dataFolder: t.database.dataFolder,
  });
}, 120_000);
afterAll(() => t.stop());

/** Runs the demonstration as its own program against this hub. */
async function demo(): Promise<{ code: number | null; lines: string[]; error: string }> {
  const child = spawn(process.execPath, [DEMO, '--homes', join(t.database.dataFolder, 'demo')], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (error += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, lines: out.trim().split('\n'), error };
}

const LAST_LINE = /^verified (\d+) of (\d+) objects offline, refused (\d+) of (\d+) altered copies$/;

describe('npm run demo', () => {
  it('verifies every object, and refuses every altered copy', async () => {
    const { code, lines, error } = await demo();
    expect(error).toBe('');
    const [, verified, total, refused, altered] = LAST_LINE.exec(lines.at(-1)!)!.map(Number);
    expect(verified).toBe(total);
    expect(refused).toBe(altered);
    expect(total).toBeGreaterThanOrEqual(12);
    expect(altered).toBeGreaterThanOrEqual(total!);
    expect(code).toBe(0);
  }, 120_000);

  it('fails when a policy is dropped: the addressee cannot read', async () => {
    const [policy] = await t.database.sql<{ definition: string }>(
      `SELECT pg_get_expr(polqual, polrelid) AS definition FROM pg_policy WHERE polname = 'released' AND polrelid = 'hub.object'::regclass`,
    );
    await t.database.sql('DROP POLICY released ON hub.object');
    try {
      const { code, error } = await demo();
      expect(code).toBe(1);
      expect(error).not.toBe('');
    } finally {
      await t.database.sql(`CREATE POLICY released ON hub.object FOR SELECT TO hub_app USING (${policy!.definition})`);
    }
  }, 120_000);

  it('fails when everybody is let see: a forbidden read is answered', async () => {
    // Two locks on one door: the policy, and the record of the opening, which asks again.
    const [sees] = await t.database.sql<{ whole: string }>(`SELECT pg_get_functiondef('cmd.sees'::regproc) AS whole`);
    await t.database.sql('CREATE POLICY hole ON hub.object FOR SELECT TO hub_app USING (true)');
    const locked = await demo();
    expect(locked.code).toBe(0);
    await t.database.sql(sees!.whole.replace(/BEGIN[\s\S]*END/, 'BEGIN RETURN true; END'));
    try {
      const { code, error } = await demo();
      expect(code).toBe(1);
      expect(error).toContain('can tell that');
    } finally {
      await t.database.sql('DROP POLICY hole ON hub.object');
      await t.database.sql(sees!.whole);
    }
  }, 120_000);
});
