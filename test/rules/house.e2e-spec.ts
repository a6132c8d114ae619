import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appDataSource, migrationDataSource } from '../../config/data-source.js';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { PROTOCOL_FAULTS } from '../../src/protocol/errors.js';
import en from '../../src/common/messages/en.json' with { type: 'json' };
import vi from '../../src/common/messages/vi.json' with { type: 'json' };
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/**
 * The order of architecture.md section 3: a module may use those before it. Modules on one line know nothing of each other.
 * The folders that the page does not name stand where what they use allows: embedded-database knows nothing of the hub,
 * edge needs only to know who calls, database makes roles and secrets before there is a caller, operator enrols from outside, demo is
 * made of clients, and the application of a demonstration has it.
 */
const ORDER = [
  ['embedded-database'],
  ['protocol'],
  ['common'],
  ['access'],
  ['edge'],
  ['database'],
  ['audit'],
  ['trust'],
  ['directory'],
  ['session'],
  ['sockets'],
  ['operator'],
  ['files'],
  ['exchange'],
  ['administration'],
  ['duties'],
  ['alerts', 'consents', 'requests', 'seizures'],
  ['feedback', 'notes'],
  ['desk', 'drafts', 'notices'],
  ['register'],
  ['cases'],
  ['operations'],
  ['screening'],
  ['interchange'],
  ['statistics'],
  ['cli'],
  ['demo'],
  ['app'],
  ['main'],
];
const PLACE = new Map(ORDER.flatMap((modules, place) => modules.map((name) => [name, place] as const)));
const MAX_LINES = 400;
/** Data, not logic: the texts of the demonstration's fictional cases. */
const DATA_ONLY = /^src\/demo\/world\/scenarios\//;

const SOURCES = filesUnder(join(PROJECT_FOLDER, 'src')).filter((file) => /\.tsx?$/.test(file));

describe('the messages', () => {
  it.each([
    ['en', en],
    ['vi', vi],
  ])('have no key twice in %s: the first would be lost without a word', (language, messages) => {
    const text = readFileSync(`src/common/messages/${language}.json`, 'utf8');
    expect(text.match(/^ {2}"[^"]+": /gm)).toHaveLength(Object.keys(messages).length);
  });

  it('are complete in both languages, with the same placeholders', () => {
    expect(shape(vi)).toEqual(shape(en));
    expect(Object.entries({ ...en, ...vi }).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('say of what the protocol refuses what it says itself', () => {
    const faults = Object.entries(en).filter(([key]) => key.startsWith('cli.fault.'));
    expect(Object.fromEntries(faults)).toEqual(
      Object.fromEntries(Object.entries(PROTOCOL_FAULTS).map(([sub, sentence]) => [`cli.fault.${sub}`, sentence])),
    );
  });

  it('are written once: no sentence of one language stands in the other', () => {
    const hasWords = (text: string): boolean => /\p{L}/u.test(text.replace(/\{\w+\}/g, ''));
    const same = Object.entries(en).filter(([key, text]) => hasWords(text) && text === vi[key as keyof typeof vi]);
    expect(same).toEqual([]);
  });

  it('are each used somewhere', () => {
    const code = SOURCES.map((file) => readFileSync(file, 'utf8')).join('\n');
    // Some keys are put together: `demo.${name}`.
    const isUsed = (key: string): boolean =>
      code.includes(`'${key}'`) || code.includes(['`', key.split('.')[0], '.${'].join(''));
    expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]);
  });
});

describe('the modules of src', () => {
  it('have a place in the order', () => {
    expect([...new Set(SOURCES.map(moduleOf))].filter((name) => !PLACE.has(name))).toEqual([]);
  });

  it('import only from those before them', () => {
    const violations = SOURCES.filter((file) => !/\.(spec|example)\.ts$/.test(file)).flatMap((file) =>
      importsOf(file)
        .map((target) => [moduleOf(file), moduleOf(target), target] as const)
        .filter(([from, to]) => from !== to && !(PLACE.get(to)! < PLACE.get(from)!))
        .map(([, , target]) => `${inProject(file)} -> ${inProject(target)}`),
    );
    expect(violations).toEqual([]);
  });

  it('keep the protocol and the common part free of the framework of servers and databases', () => {
    const violations = SOURCES.filter((file) => moduleOf(file) === 'protocol' && !file.endsWith('.spec.ts')).flatMap(
      (file) =>
        [...readFileSync(file, 'utf8').matchAll(/from '([^'.][^']*)'/g)]
          .map((match) => match[1]!)
          .filter((name) => !/^(jose|@noble\/(curves|hashes)\/[\w-]+\.js)$/.test(name))
          .map((name) => `${inProject(file)} -> ${name}`),
    );
    expect(violations).toEqual([]);
  });

  it('have no barrels', () => {
    expect(SOURCES.filter((file) => /\/index\.tsx?$/.test(file)).map(inProject)).toEqual([]);
  });

  it(`have no file of more than ${MAX_LINES} lines`, () => {
    const long = SOURCES.filter((file) => !file.endsWith('.spec.ts'))
      .map((file) => [inProject(file), readFileSync(file, 'utf8').split('\n').length - 1] as const)
      .filter(([file, lines]) => lines > MAX_LINES && !DATA_ONLY.test(file));
    expect(long).toEqual([]);
  });

  it('reach tables through ScopedDatabase alone', () => {
    // The pool itself is for what has no caller: making it, checking the floor, health, sweeping by a command.
    const known = [
      'src/access/',
      'src/app.module.ts',
      'src/hub.ts',
      'src/health.controller.ts',
      'src/duties/duty-sweeper.ts',
      'src/exchange/expiry-sweeper.ts',
      'src/files/file-sweeper.ts',
      'src/notices/notice-sender.ts',
    ];
    const users = SOURCES.filter((file) =>
      /\bDataSource\b|InjectRepository|InjectDataSource/.test(readFileSync(file, 'utf8')),
    )
      .map(inProject)
      .filter(
        (file) => !known.some((each) => file.startsWith(each)) && !/^src\/(database|demo|cli|operator)\//.test(file),
      );
    expect(users).toEqual([]);
  });
});

describe('the migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database.drop());

  it('make the columns that the entities expect', async () => {
    const dataSource = await appDataSource(database.access.appUrl, 2).initialize();
    try {
      expect(dataSource.entityMetadatas.length).toBeGreaterThan(0);
      for (const entity of dataSource.entityMetadatas) {
        const columns = await database.sql<{ name: string; nullable: boolean; type: string; key: boolean }>(
          `SELECT a.attname AS name, NOT a.attnotnull AS nullable, format_type(a.atttypid, a.atttypmod) AS type,
             EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS key
           FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1`,
          [entity.tablePath],
        );
        const expected = entity.columns
          .map((column) => ({
            name: column.databaseName,
            nullable: column.isNullable,
            type: `${TYPES[String(column.type)] ?? String(column.type)}${column.isArray ? '[]' : ''}`,
            key: column.isPrimary,
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        expect([entity.tablePath, columns]).toEqual([entity.tablePath, expected]);
      }
    } finally {
      await dataSource.destroy();
    }
  });

  it('can be taken back one by one, and made again to the same result', async () => {
    const before = await catalogueOf(database);
    const dataSource = await migrationDataSource(database.access.migrateUrl).initialize();
    try {
      const count = dataSource.migrations.length;
      for (let i = 0; i < count; i += 1) await dataSource.undoLastMigration();
      // What is left in public is TypeORM's own list of migrations.
      const left = (await catalogueOf(database)).filter((line) => !line.includes(' public.'));
      expect(left).toEqual([]);
      expect(await dataSource.runMigrations()).toHaveLength(count);
    } finally {
      await dataSource.destroy();
    }
    expect(await catalogueOf(database)).toEqual(before);
  });

  it('are all in the list, in the order of their names', () => {
    const files = readdirSync(join(PROJECT_FOLDER, 'migrations')).filter((file) => file.endsWith('.ts'));
    const imported = [
      ...readFileSync(join(PROJECT_FOLDER, 'config/data-source.ts'), 'utf8').matchAll(/migrations\/([^']+)\.js'/g),
    ];
    expect(imported.map((match) => `${match[1]}.ts`).sort()).toEqual(files.sort());
  });
});

/** The placeholders of each message. */
function shape(catalogue: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(catalogue).map(([key, text]) => [key, placeholders(text)]));
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();
}

const TYPES: Record<string, string> = { timestamptz: 'timestamp with time zone', varchar: 'character varying' };

/** Everything that the migrations make, a line each: columns, constraints, indexes, policies, functions, and all rights. */
async function catalogueOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ line: string }>(`
    WITH ours AS (SELECT c.*, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'auth', 'public'))
    SELECT format('%s %s.%s owner %s rls %s %s rights %s', relkind, nspname, relname, relowner::regrole, relrowsecurity,
             relforcerowsecurity, relacl) AS line FROM ours
    UNION ALL SELECT format('column %s.%s.%s %s %s %s %s', o.nspname, o.relname, a.attname, format_type(a.atttypid, a.atttypmod),
             a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attacl) FROM ours o
      JOIN pg_attribute a ON a.attrelid = o.oid LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum
      WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT format('constraint %s.%s %s', o.nspname, o.relname, pg_get_constraintdef(k.oid)) FROM ours o
      JOIN pg_constraint k ON k.conrelid = o.oid
    UNION ALL SELECT format('index %s', pg_get_indexdef(o.oid)) FROM ours o WHERE o.relkind = 'i'
    UNION ALL SELECT format('policy %s', p) FROM pg_policies p WHERE p.schemaname IN ('hub', 'audit', 'agency', 'cmd', 'auth', 'public')
    UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid
      WHERE NOT t.tgisinternal
    UNION ALL SELECT format('function %s owner %s rights %s %s', p.oid::regprocedure, p.proowner::regrole, p.proacl, pg_get_functiondef(p.oid))
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'auth', 'public') AND p.prokind IN ('f', 'p')
    ORDER BY 1`);
  return rows.map((row) => row.line);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The folder of src that a file belongs to; what stands in src itself is the application, and main.ts starts it all. */
function moduleOf(file: string): string {
  const [first, ...rest] = relative(join(PROJECT_FOLDER, 'src'), file).split('/');
  if (rest.length > 0) return first!;
  return first === 'main.ts' ? 'main' : 'app';
}

/** The files of src that this one imports, also by import(). */
function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map((match) => resolve(dirname(file), match[1]!.replace(/\.js$/, '.ts')))
    .filter((target) => !relative(join(PROJECT_FOLDER, 'src'), target).startsWith('..') && existsSync(target));
}

function inProject(file: string): string {
  return relative(PROJECT_FOLDER, file);
}
