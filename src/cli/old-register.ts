import { InvalidInputError, readSheet } from 'read-excel-file/node';
import type { Problem } from '../common/errors.js';
import { momentOfDay, rowProblems } from '../register/import-rows.js';
import type { OutsidePartner } from './client-models.js';
import { EXIT, Failure } from './failures.js';
import { readBytes, readRecord } from './files.js';

/** How the columns of an agency's own register become fields of letters; the guide describes it. */
export interface Mapping {
  /** The sheet's name; the first one when it is left out. */
  sheet?: string;
  /** The row that has the titles of the columns, from 1. */
  titles: number;
  /** Field, such as dated or answer.dated: title of its column. */
  columns: Record<string, string>;
  /** Field: what stands in a cell: the hub's code, or of a partner its id or its name on the hub. */
  values: Record<string, Record<string, string>>;
  /** Field: what it is in every row in which no column says otherwise. */
  fixed: Record<string, string>;
}

/** A row of the file as the hub takes it, or why it does not. */
export interface ReadRow {
  /** Its number in the file, as the program that made it shows it. */
  number: number;
  row: Record<string, unknown>;
  problems: Problem[];
}

// prettier-ignore
const FIELDS: readonly string[] = [
  'direction', 'kind', 'partner', 'medium', 'nationalRef', 'partnerRef', 'dated', 'at', 'subject', 'summary', 'urgency', 'classification',
  'agreement', 'article', 'assistanceType', 'answerKind', 'ground', 'answersNumber', 'answer.dated', 'answer.number', 'answer.answerKind',
];
const DAYS: ReadonlySet<string> = new Set(['dated', 'at', 'answer.dated']);
/** These may have several lines; any other is one, however its cell breaks it. */
const TEXTS: ReadonlySet<string> = new Set(['summary']);
const DAY_MS = 86_400_000;
/** Serial numbers of days, as spreadsheets count them: from 1954 to 2119. */
const SERIALS = { first: 20_000, last: 80_000 };

/** Throws a failure that names what is wrong with the mapping. */
export function readMapping(file: string): Mapping {
  const { sheet, titles = 1, columns = {}, values = {}, fixed = {}, ...others } = readRecord(file) as Partial<Mapping>;
  const wrong = (what: string): Failure => new Failure(EXIT.usage, 'cli.import.mapping', { file, what });
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(unknown);
  if (sheet !== undefined && typeof sheet !== 'string') throw wrong('sheet');
  if (!Number.isSafeInteger(titles) || titles < 1) throw wrong('titles');
  for (const [name, record] of Object.entries({ columns, values, fixed })) {
    for (const [field, value] of Object.entries(record)) {
      const isRight = name === 'values' ? Object.values(value).every(isString) : isString(value);
      if (!FIELDS.includes(field) || !isRight) throw wrong(`${name}.${field}`);
    }
  }
  return { ...(sheet === undefined ? {} : { sheet }), titles, columns, values, fixed };
}

/** The rows of the file below the titles; empty ones are left out. Throws a failure when the file is no such register. */
export async function readRegister(
  file: string,
  mapping: Mapping,
  partners: readonly OutsidePartner[],
): Promise<ReadRow[]> {
  const cells = await readCells(file, mapping.sheet);
  const titles = (cells[mapping.titles - 1] ?? []).map((title) => plain(title).toLowerCase());
  const places = Object.entries(mapping.columns).map(([field, title]): [string, number] => {
    const place = titles.indexOf(plain(title).toLowerCase());
    if (place >= 0) return [field, place];
    throw new Failure(EXIT.usage, 'cli.import.noColumn', { title, row: mapping.titles });
  });
  return cells
    .map((row, index) => ({ row, number: index + 1 }))
    .slice(mapping.titles)
    .filter(({ row }) => places.some(([, place]) => plain(row[place]) !== ''))
    .map(({ row, number }) =>
      readRow(number, new Map(places.map(([field, place]) => [field, row[place]])), mapping, partners),
    );
}

async function readCells(file: string, sheet: string | undefined): Promise<unknown[][]> {
  const content = readBytes(file);
  try {
    return await readSheet(content, sheet ?? 1);
  } catch (error) {
    if (error instanceof InvalidInputError) throw new Failure(EXIT.usage, 'cli.import.notXlsx', { file });
    throw new Failure(EXIT.usage, 'cli.import.noSheet', { file, sheet: sheet ?? '1' });
  }
}

function readRow(
  number: number,
  cells: Map<string, unknown>,
  mapping: Mapping,
  partners: readonly OutsidePartner[],
): ReadRow {
  const problems: Problem[] = [];
  const row: Record<string, unknown> = {};
  const answer: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const cell = cells.get(field);
    const text = TEXTS.has(field) ? lines(cell) : plain(cell);
    const said = text === '' ? mapping.fixed[field] : (ownValue(mapping.values[field], text) ?? text);
    if (said === undefined) continue;
    const value = valueOf(field, text !== '' && said === text ? cell : said, said, partners);
    if (value === undefined) problems.push({ pointer: pointerOf(field), rule: 'cell', ...complaint(field) });
    else if (field.startsWith('answer.')) answer[field.slice('answer.'.length)] = value;
    else row[field] = value;
  }
  // An answer of which nothing but its sort is said has not come yet.
  if (answer['dated'] !== undefined || answer['number'] !== undefined) row['answer'] = answer;
  if (row['at'] === undefined && typeof row['dated'] === 'string') row['at'] = row['dated'];
  if (typeof row['at'] === 'string') row['at'] = momentOfDay(row['at'], new Date());
  // The day of a letter stands for its moment as well: one complaint is enough.
  const unread = new Set(problems.flatMap(({ pointer }) => (pointer === '/dated' ? [pointer, '/at'] : [pointer])));
  const broken = rowProblems(row).filter(({ pointer }) => !unread.has(pointer));
  return { number, row, problems: [...problems, ...broken] };
}

function valueOf(field: string, cell: unknown, text: string, partners: readonly OutsidePartner[]): string | undefined {
  if (DAYS.has(field)) return dayIn(cell);
  if (field !== 'partner') return text;
  const name = text.toLowerCase();
  const found = partners.filter(({ id, nameEn, nameVi, nameOwn }) =>
    [id, nameEn, nameVi, nameOwn ?? ''].some((each) => plain(each).toLowerCase() === name),
  );
  return found.length === 1 ? found[0]!.id : undefined;
}

function complaint(field: string): Pick<Problem, 'key'> {
  return { key: field === 'partner' ? 'problem.partnerOfRow' : 'problem.dayOfRow' };
}

/** A day as a spreadsheet holds it, or as people write it there: 22/11/2026, 22.11.2026 or 2026-11-22. */
function dayIn(cell: unknown): string | undefined {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  if (typeof cell === 'number') {
    if (cell < SERIALS.first || cell > SERIALS.last) return undefined;
    return new Date(Date.UTC(1899, 11, 30) + Math.floor(cell) * DAY_MS).toISOString().slice(0, 10);
  }
  const text = plain(cell);
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
  const written = day === undefined ? text : `${year}-${month!.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const read = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(written) ? written : undefined;
}

/** The text of a cell in one line; composed letters, so that Vietnamese is the same however it was typed. */
function plain(cell: unknown): string {
  return lines(cell).replaceAll(/\s+/g, ' ');
}

function lines(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean'
    ? String(cell).normalize('NFC').replaceAll('\r\n', '\n').trim()
    : '';
}

function ownValue(values: Record<string, string> | undefined, text: string): string | undefined {
  const found = Object.entries(values ?? {}).find(([cell]) => plain(cell).toLowerCase() === text.toLowerCase());
  return found?.[1];
}

const pointerOf = (field: string): string => `/${field.replace('.', '/')}`;
const isString = (value: unknown): value is string => typeof value === 'string';
