import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import writeXlsxFile from 'write-excel-file/node';
import { Failure } from './failures.js';
import { type Mapping, readMapping, readRegister } from './old-register.js';

const PARTNER = {
  id: '5b0c3f0e-4f5e-4b52-9a62-0d3a1a3f1c11',
  nameEn: 'Customs of Elbonia',
  nameVi: 'Hải quan Elbonia',
  nameOwn: null,
  country: 'BN',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'liaison-register-'));
});

const MAPPING: Mapping = {
  titles: 2,
  columns: {
    nationalRef: 'Số công văn',
    dated: 'Ngày',
    partner: 'Cơ quan',
    subject: 'Trích yếu',
    kind: 'Loại',
    'answer.dated': 'Ngày trả lời',
  },
  values: { kind: { 'Yêu cầu': 'REQUEST', 'Thông báo': 'OTHER' } },
  fixed: { direction: 'IN', medium: 'POST', 'answer.answerKind': 'FINAL' },
};

type Cell = string | number | Date | null;
const TITLES = ['Số công văn', 'Ngày', 'Cơ quan', 'Trích  yếu', 'Loại', 'Ngày trả lời'];

/** A file as a spreadsheet program writes it: a heading over all columns, the titles, and these rows. */
async function aFile(rows: Cell[][], titles: Cell[] = TITLES): Promise<string> {
  const file = join(folder, `${Math.random()}.xlsx`);
  const cells = [['SỔ ĐĂNG KÝ CÔNG VĂN', null, null, null, null, null], titles, ...rows].map((row) =>
    row.map((value) =>
      value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy' } : value === null ? null : { value },
    ),
  );
  await writeXlsxFile(cells as never).toFile(file);
  return file;
}

const register = async (rows: Cell[][], mapping = MAPPING, titles?: Cell[]) =>
  readRegister(await aFile(rows, titles), mapping, [PARTNER]);

describe('an old register', () => {
  it('is read by the titles of its columns; empty rows are none, and rows keep their numbers', async () => {
    const rows = await register([
      [
        '12/TCHQ',
        new Date(Date.UTC(2025, 2, 4)),
        'Hải quan Elbonia',
        'Xác minh',
        'Yêu cầu',
        new Date(Date.UTC(2025, 2, 20)),
      ],
      [null, null, null, null, null, null],
      [13, '5/3/2025', ' customs of ELBONIA ', 'Hỏi\nlại', 'thông báo', null],
    ]);
    expect(rows).toEqual([
      {
        number: 3,
        problems: [],
        row: {
          direction: 'IN', kind: 'REQUEST', partner: PARTNER.id, medium: 'POST', nationalRef: '12/TCHQ', dated: '2025-03-04',
          at: '2025-03-04T12:00:00Z', subject: 'Xác minh', answer: { dated: '2025-03-20', answerKind: 'FINAL' },
        },
      },
      {
        number: 5,
        problems: [],
        row: {
          direction: 'IN', kind: 'OTHER', partner: PARTNER.id, medium: 'POST', nationalRef: '13', dated: '2025-03-05',
          at: '2025-03-05T12:00:00Z', subject: 'Hỏi lại',
        },
      },
    ]); // prettier-ignore
  });

  it.each([
    ['a date of the spreadsheet', new Date(Date.UTC(2024, 11, 31)), '2024-12-31'],
    ['the serial number of one', 45657, '2024-12-31'],
    ['with slashes', '31/12/2024', '2024-12-31'],
    ['with dots', '31.12.2024', '2024-12-31'],
    ['as in ISO 8601', '2024-12-31', '2024-12-31'],
  ])('has days: %s', async (_, cell, day) => {
    expect((await register([['1', cell, 'Hải quan Elbonia', 'x', 'Yêu cầu', null]]))[0]).toMatchObject({
      row: { dated: day },
      problems: [],
    });
  });

  it.each([
    ['a day that is none', { 1: '31/02/2025' }, '/dated'],
    ['a day in the order of another country', { 1: '12/31/2024' }, '/dated'],
    ['a number that is no day', { 1: 7 }, '/dated'],
    ['no day', { 1: null }, '/dated'],
    ['a partner of whom nobody knows', { 2: 'Hải quan Ruritania' }, '/partner'],
    ['a sort that the mapping does not name', { 4: 'Khác' }, '/kind'],
    ['no subject', { 3: null }, '/subject'],
    ['no number', { 0: null }, '/nationalRef'],
  ])('has rows with %s', async (_, changes, pointer) => {
    const cells: Cell[] = ['1', '1/2/2025', 'Hải quan Elbonia', 'x', 'Yêu cầu', null];
    for (const [place, cell] of Object.entries(changes)) cells[Number(place)] = cell as Cell;
    expect((await register([cells]))[0]!.problems.map((problem) => problem.pointer)).toContain(pointer);
  });

  it('knows Vietnamese however it was typed', async () => {
    const [read] = await register([
      [
        '1',
        '1/2/2025',
        'Hải quan Elbonia'.normalize('NFD'),
        'Xác minh'.normalize('NFD'),
        'Yêu cầu'.normalize('NFD'),
        null,
      ],
    ]);
    expect(read).toMatchObject({ row: { partner: PARTNER.id, subject: 'Xác minh', kind: 'REQUEST' }, problems: [] });
  });

  it('is refused without a column that the mapping names, or if it is no such file', async () => {
    await expect(register([], MAPPING, ['Số'])).rejects.toMatchObject({
      key: 'cli.import.noColumn',
      params: { title: 'Số công văn', row: 2 },
    });
    const file = join(folder, 'no.xlsx');
    writeFileSync(file, 'Số công văn;Ngày');
    await expect(readRegister(file, MAPPING, [])).rejects.toMatchObject({ key: 'cli.import.notXlsx' });
    await expect(register([], { ...MAPPING, sheet: '1999' })).rejects.toMatchObject({ key: 'cli.import.noSheet' });
  });
});

describe('a mapping', () => {
  it('is what the guide shows', () => {
    const shown = readFileSync('docs/examples/register-mapping.json', 'utf8');
    expect(readMapping('docs/examples/register-mapping.json')).toEqual(JSON.parse(shown));
    expect(readFileSync('docs/api-guide.md', 'utf8')).toContain(shown.trim());
  });

  it.each([
    [{ columns: { nonsense: 'x' } }, 'columns.nonsense'],
    [{ columns: { dated: 5 } }, 'columns.dated'],
    [{ values: { kind: { x: 1 } } }, 'values.kind'],
    [{ titles: 0 }, 'titles'],
    [{ more: 1 }, 'more'],
  ])('is refused: %j', (mapping, what) => {
    const file = join(folder, 'mapping.json');
    writeFileSync(file, JSON.stringify(mapping));
    expect(() => readMapping(file)).toThrow(Failure);
    expect(() => readMapping(file)).toThrow(
      expect.objectContaining({ key: 'cli.import.mapping', params: { file, what } }),
    );
  });
});
