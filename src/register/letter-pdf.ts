import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Pdf from 'pdfkit';
import type { Classification } from '../common/codes/handling-codes.js';
import { wordsFor } from '../common/codes/words.js';
import { type Language, message } from '../common/messages/messages.js';
import { Conflict } from '../common/errors.js';
import type { LetterText } from './letter.models.js';

/** What stands on a letter beside its words. */
export interface Letterhead {
  ref: string;
  nationalRef: string | null;
  partnerRef: string | null;
  dated: string;
  agency: Names;
  unit: Names;
  partner: Names & { address: string | null };
  agreement: Names | null;
  article: string | null;
  classification: Classification;
}

/** A name in each language. */
export type Names = Readonly<Record<Language, string>>;

const resolve = createRequire(import.meta.url).resolve;
const fontFile = (name: string): Buffer => readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
/** They have every letter of English and Vietnamese, and of most names of Europe; read when the first letter is printed. */
let fonts: { plain: Buffer; bold: Buffer } | undefined;

const MARGIN = 64;
const SIZE = 10.5;
const SMALL = 8.5;
const GREY = '#555555';

/**
 * A formal letter as PDF, A4: in the language that the partner reads first, then in the other. It is signed by hand: the hub signs no letter.
 * Throws Conflict when it has characters that cannot be printed.
 */
export async function printLetter(
  head: Letterhead,
  wording: Partial<Record<Language, LetterText | null>>,
  first: Language,
): Promise<Buffer> {
  const second: Language = first === 'en' ? 'vi' : 'en';
  const languages = [first, second].filter((language) => wording[language]);
  fonts ??= { plain: fontFile('DejaVuSerif'), bold: fontFile('DejaVuSerif-Bold') };
  const page = new Pdf({
    size: 'A4',
    margins: { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN },
    bufferPages: true,
    lang: first,
    info: { Title: head.ref, Author: head.agency[first], Creator: 'Liaison Hub' },
  });
  page.registerFont('plain', fonts.plain).registerFont('bold', fonts.bold);
  const done = collect(page);
  checkPrintable(
    page,
    head,
    languages.map((language) => wording[language]!),
  );
  for (const [index, language] of languages.entries()) {
    if (index > 0) page.addPage();
    writeLetter(page, head, wording[language]!, language);
  }
  writeFeet(page, head.ref, first);
  if (head.classification !== 'UNCLASSIFIED') writeMarking(page, head.classification, languages);
  page.end();
  return done;
}

type Page = InstanceType<typeof Pdf>;

function writeLetter(page: Page, head: Letterhead, { subject, text }: LetterText, language: Language): void {
  const say = (key: Parameters<typeof message>[0], params = {}): string => message(key, language, params);
  page
    .font('bold')
    .fontSize(SIZE + 1.5)
    .text(head.agency[language]);
  page.font('plain').fontSize(SIZE).text(head.unit[language]).moveDown(1.5);
  page.text(say('letter.number', { number: head.nationalRef ?? head.ref }));
  if (head.nationalRef !== null) page.text(say('letter.hubRef', { ref: head.ref }));
  if (head.partnerRef !== null) page.text(say('letter.yourRef', { ref: head.partnerRef }));
  page.text(say('letter.dated', { day: dayOf(head.dated, language) })).moveDown(1.5);
  page.text(say('letter.to')).font('bold').text(head.partner[language]).font('plain');
  if (head.partner.address !== null) page.text(head.partner.address);
  page.moveDown(1.5).font('bold').text(say('letter.subject', { subject })).font('plain').moveDown();
  page.text(text, { lineGap: 2, paragraphGap: 3 }).moveDown();
  if (head.agreement !== null) {
    const basis = head.article === null ? 'letter.basis' : 'letter.basisArticle';
    page.text(say(basis, { agreement: head.agreement[language], article: head.article ?? '' })).moveDown();
  }
  page.text(say('letter.quote', { ref: head.nationalRef ?? head.ref })).moveDown(2);
  // The place for signature and seal is not torn apart.
  if (page.y > page.page.height - MARGIN - 120) page.addPage();
  page
    .text(say('letter.forAgency', { agency: head.agency[language] }))
    .text(head.unit[language])
    .moveDown(4);
  page.fontSize(SMALL).fillColor(GREY).text(say('letter.signHere')).fillColor('black').fontSize(SIZE);
}

/** Numbers the pages, below the text. */
function writeFeet(page: Page, ref: string, language: Language): void {
  onEachPage(page, (number, count) => {
    page.font('plain').fontSize(SMALL).fillColor(GREY);
    const foot = `${ref}   ${message('letter.page', language, { number, count })}`;
    return [foot, page.page.height - MARGIN / 2 - SMALL];
  });
}

/** Its classification, above the text, in the languages of the letter. */
function writeMarking(page: Page, classification: Classification, languages: readonly Language[]): void {
  const words = languages.map((language) =>
    wordsFor(language, 'Classification', classification).toLocaleUpperCase(language),
  );
  onEachPage(page, () => {
    page.font('bold').fontSize(SIZE).fillColor('black');
    return [words.join(' / '), MARGIN / 2];
  });
}

/** Writes a line in the middle of each page, at a height outside its text. */
function onEachPage(page: Page, lineOf: (number: number, count: number) => [text: string, top: number]): void {
  const { count } = page.bufferedPageRange();
  for (let number = 0; number < count; number++) {
    page.switchToPage(number);
    page.page.margins.bottom = 0; // What stands below the text makes no page of its own.
    const [text, top] = lineOf(number + 1, count);
    page.text(text, MARGIN, top, { align: 'center', lineBreak: false, width: page.page.width - 2 * MARGIN });
  }
}

/** A letter with boxes for letters, sent to another administration, would be worse than none. */
function checkPrintable(page: Page, head: Letterhead, words: readonly LetterText[]): void {
  page.font('plain');
  const { font } = (page as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })._font;
  const texts = [
    ...words.flatMap(({ subject, text }) => [subject, text]),
    ...[head.agency, head.unit, head.partner, head.agreement].flatMap((names) => (names ? [names.en, names.vi] : [])),
    head.ref,
    head.nationalRef,
    head.partnerRef,
    head.article,
    head.partner.address,
  ];
  const missing = new Set(
    [...texts.join('').replaceAll('\n', '')].filter((letter) => !font.hasGlyphForCodePoint(letter.codePointAt(0)!)),
  );
  if (missing.size > 0)
    throw new Conflict('error.notPrintable', {
      sub: 'NOT_PRINTABLE',
      params: { letters: [...missing].slice(0, 10).join(' ') },
    });
}

/** A day of the calendar in words, as each language writes it in letters. */
function dayOf(day: string, language: Language): string {
  const style = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  const words = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'vi', style).format(new Date(`${day}T00:00:00Z`));
  return language === 'vi' ? words.replace(', ', ' năm ') : words;
}

async function collect(page: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of page) chunks.push(chunk);
  return Buffer.concat(chunks);
}
