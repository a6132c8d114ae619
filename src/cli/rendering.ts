import { wordsFor } from '../common/codes/words.js';
import type { AttachmentLink, Envelope } from '../protocol/envelope.js';
import { formatTimestamp } from '../protocol/timestamp.js';
import { inWords } from '../requests/standard-questions.js';
import type { Cli } from './cli.js';
import type { Preview, Summary } from './client-models.js';
import { printable } from './printable.js';

/** What an object says of itself, from its very bytes. */
export function envelopeLines(cli: Cli, envelope: Envelope, digest: string, signedAt?: number): string[] {
  const { kind, id, from, unit, to, createdAt, handling, body, inReplyTo, supersedes, attachments, parts } = envelope;
  const rows: (readonly [Parameters<Cli['text']>[0], string | null])[] = [
    ['cli.field.id', id],
    ['cli.field.from', `${unit} (${from})`],
    ['cli.field.to', to.join(', ')],
    ['cli.field.ref', stringOf(body['ref'])],
    ['cli.field.title', stringOf(body['title'])],
    ['cli.field.urgency', stringOf(body['urgency'])],
    ['cli.field.handling', handlingOf(cli, handling)],
    ['cli.field.inReplyTo', inReplyTo?.id ?? null],
    ['cli.field.supersedes', supersedes?.id ?? null],
    ['cli.field.parts', parts.map(({ name }) => name).join(', ') || null],
    ...attachments.map((each) => ['cli.field.attachment', attachmentText(each)] as const),
    ['cli.field.createdAt', createdAt],
    ['cli.field.signedAt', signedAt === undefined ? null : formatTimestamp(new Date(signedAt * 1000))],
    ['cli.field.digest', digest],
  ];
  const shown = rows.filter(([, value]) => value !== null);
  return [
    cli.text('cli.object.kind', { kind }),
    ...shown.map(([key, value]) => `  ${cli.text(key, { value: value! })}`),
    `  ${cli.text('cli.field.body')}`,
    ...[...questionLines(cli, body), ...bodyLines(body)].map((line) => `    ${line}`),
  ];
}

const IN_THE_HEADLINE = new Set(['ref', 'title', 'urgency']);

/** Every member of the body that the headline has not shown, each with its place: nobody signs what was not before their eyes. */
function bodyLines(body: object): string[] {
  const rest = Object.entries(body).filter(([name]) => !IN_THE_HEADLINE.has(name));
  return rest.flatMap(([name, value]) => linesOf(name, value));
}

/** The words of standard questions, before the codes and values that stand for them: nobody signs a bare code. */
function questionLines(cli: Cli, { questions }: { questions?: unknown }): string[] {
  if (!Array.isArray(questions)) return [];
  return questions.flatMap((question, i) => {
    const words = inWords(question?.standard, cli.language);
    return words === null ? [] : [printable(`questions[${i}]: ${words}`)];
  });
}

function linesOf(place: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [printable(`${place}: ${String(value)}`)];
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) return [printable(`${place}: ${value.join(', ')}`)];
    return value.flatMap((item, i) => linesOf(`${place}[${i}]`, item));
  }
  return Object.entries(value).flatMap(([name, item]) => linesOf(`${place}.${name}`, item));
}

/** A file as an object names it. */
export function attachmentText({ sha256, mediaType, size }: AttachmentLink): string {
  return `${sha256}  ${mediaType}  ${size}`;
}

/** Codes with their words: nobody signs a bare H1. */
function handlingOf(cli: Cli, handling: Envelope['handling']): string {
  const codes = Array.isArray(handling['codes']) ? handling['codes'] : [];
  const lists = [
    ...codes.map((code) => ['HandlingCode', code] as const),
    ['Classification', handling['classification']] as const,
    ['OnwardRule', handling['onwardRule']] as const,
    ['EvidenceUse', handling['evidenceUse']] as const,
  ];
  const words = lists.flatMap(([list, code]) => (typeof code === 'string' ? [described(cli, list, code)] : []));
  const { h3Text } = handling;
  return [...words, ...(typeof h3Text === 'string' ? [`“${h3Text}”`] : [])].join('; ');
}

function described(cli: Cli, list: string, code: string): string {
  const words = wordsFor(cli.language, list, code);
  return words === code ? code : `${code} (${words})`;
}

/** Who would see a composition, and why it may not be sent. */
export function previewLines(cli: Cli, to: readonly string[], preview: Preview): string[] {
  const { readers, neighbours, restrictedParts, legalBasis, expiresAt, notes, warnings, refusals } = preview;
  const of = (name: { nameEn: string; nameVi: string }) => (cli.language === 'vi' ? name.nameVi : name.nameEn);
  return [
    cli.text('cli.preview.to', { to: to.join(', ') }),
    ...readers.flatMap((unit) => [
      `  ${cli.text('cli.preview.reader', { unit: unit.unit, name: of(unit), officers: unit.officers })}`,
      ...unit.notReading.map(
        ({ reason, officers }) =>
          `    ${cli.text('cli.preview.notReading', { officers, reason: wordsFor(cli.language, 'NotReadingReason', reason) })}`,
      ),
    ]),
    ...neighbours.map((unit) => `  ${neighbourLine(cli, unit.unit, of(unit), unit)}`),
    ...(restrictedParts.length === 0
      ? []
      : [`  ${cli.text('cli.preview.restricted', { parts: restrictedParts.join(', ') })}`]),
    ...(legalBasis === null ? [] : [`  ${cli.text('cli.preview.legalBasis', { legalBasis })}`]),
    ...(expiresAt === null ? [] : [`  ${cli.text('cli.preview.expires', { expiresAt })}`]),
    ...notes.map((note) => `  ${cli.text('cli.preview.note', { note })}`),
    ...warnings.map(({ code, message }) => `  ${cli.text('cli.preview.warning', { code, message })}`),
    ...refusals.map(({ code, message }) => `  ${cli.text('cli.preview.refusal', { code, message })}`),
  ];
}

function neighbourLine(
  cli: Cli,
  unit: string,
  name: string,
  { officers, fewerThan }: Preview['neighbours'][number],
): string {
  if (officers !== null) return cli.text('cli.preview.neighbours', { unit, name, officers });
  if (fewerThan !== null) return cli.text('cli.preview.fewNeighbours', { unit, name, fewerThan });
  return cli.text('cli.preview.neighbour', { unit, name });
}

/** Rows of cells in columns; the first row is the heading. What a cell says cannot steer the terminal. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const safe = rows.map((row) => row.map(printable));
  const widths = safe[0]!.map((_, column) => Math.max(...safe.map((row) => [...row[column]!].length)));
  const padded = (cell: string, column: number): string => cell + ' '.repeat(widths[column]! - [...cell].length);
  return safe.map((row) => row.map(padded).join('  ').trimEnd());
}

/** One line of a list. */
export function summaryLine(
  cli: Cli,
  { id, kind, from, unit, ref, title, urgency, receivedAt, isSuperseded, isRecalled }: Summary,
): string {
  const marks = [
    ...(isSuperseded ? [cli.text('cli.mark.superseded')] : []),
    ...(isRecalled ? [cli.text('cli.mark.recalled')] : []),
  ];
  const what = [ref, title].filter((value) => value !== null).join(' ');
  return cli.text('cli.list.line', {
    receivedAt: receivedAt.slice(0, 16).replace('T', ' '),
    id,
    kind,
    urgency: urgency ?? '',
    from: unit || from,
    what: [what, ...marks].join(' '),
  });
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
