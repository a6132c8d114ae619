import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  aCameraJpeg,
  aCsv,
  aDocx,
  aJpeg,
  anXlsx,
  aPdf,
  aPng,
  aSpectrum,
  aWebp,
  aZip,
  relationship,
} from './files.example.js';
import { inspect, NotOfThatType } from './file-type.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const DOCX = `${OFFICE}.wordprocessingml.document`;
const SPECTRUM = 'chemical/x-jcamp-dx';
const XLSX = `${OFFICE}.spreadsheetml.sheet`;

const WORD = `${DOCX}.main+xml`;
const LINK = 'https://example.org/t.dotm';

/** A document whose template is elsewhere; the relationship is written in this way. */
function aTemplate(target: string, element = 'Relationship', part = 'word/_rels/settings.xml.rels'): Buffer {
  return aDocx({ [part]: relationship('attachedTemplate', target).replace('Relationship ', `${element} `) });
}

/** A relationship that leads to a part of the same file. */
function inside(type: string): string {
  return relationship(type, 'part.bin').replace(' TargetMode="External"', '');
}

function manyRelationships(): [string, string][] {
  const text = `<R>${'<a b="c"/>'.repeat(5_000)}</R>`;
  return Array.from({ length: 6 }, (_, i) => [`_rels/${i}.rels`, text]);
}

describe('the type of a file', () => {
  it.each([
    ['image/jpeg', aJpeg()],
    ['image/png', aPng()],
    ['image/webp', aWebp()],
    ['application/pdf', aPdf()],
    ['text/csv', aCsv()],
    ['text/csv', Buffer.from('\uFEFFtên;số\n"Nguyễn <nguyen@example>";1\n')],
    [SPECTRUM, aSpectrum()],
    [SPECTRUM, Buffer.from(aSpectrum().toString().replaceAll('\n', '\r\n'))],
    [DOCX, aDocx()],
    [DOCX, aDocx({ 'word/_rels/document.xml.rels': relationship('hyperlink', 'https://example.org/') })],
    [DOCX, aDocx({ 'word/_rels/document.xml.rels': inside('image') })],
    [XLSX, anXlsx()],
  ])('%s is taken as it is', async (type, content) => {
    expect((await inspect(content, type)).equals(content)).toBe(true);
  });

  it('gives recipients of an image the copy without metadata', async () => {
    expect(await inspect(aCameraJpeg(), 'image/jpeg')).toEqual(aJpeg());
  });

  it.each<[string, string, Buffer]>([
    ['a program', 'image/jpeg', Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0', 'latin1')],
    ['another image', 'image/jpeg', aPng()],
    ['a page with a JPEG mark', 'image/jpeg', Buffer.concat([aJpeg().subarray(0, 4), Buffer.from('<script>')])],
    ['SVG', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
    ['SVG as a table', 'text/csv', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
    ['HTML as a table', 'text/csv', Buffer.from('a;b\n<script>alert(1)</script>;2\n')],
    ['bytes as a table', 'text/csv', Buffer.from('a;b\0c')],
    ['another encoding as a table', 'text/csv', Buffer.from('tên;số\n', 'utf16le')],
    ['PDF as a table', 'text/csv', aPdf()],
    ['a spectrum as a table', 'text/csv', aSpectrum()],
    ['a table as a spectrum', SPECTRUM, aCsv()],
    ['a spectrum without end', SPECTRUM, Buffer.from(aSpectrum().toString().replace('##END=', '##NOTE='))],
    ['text after a spectrum', SPECTRUM, Buffer.concat([aSpectrum(), Buffer.from('more\n')])],
    ['text before a spectrum', SPECTRUM, Buffer.concat([Buffer.from('more\n'), aSpectrum()])],
    ['a spectrum without version', SPECTRUM, Buffer.from(aSpectrum().toString().replace('-DX=', '-XX='))],
    ['HTML in a spectrum', SPECTRUM, Buffer.from(aSpectrum().toString().replace('Tablet', '<script>1</script>'))],
    ['bytes in a spectrum', SPECTRUM, Buffer.from(aSpectrum().toString().replace('Tablet', '\0'))],
    ['PDF as a spectrum', SPECTRUM, aPdf()],
    ['a script as a table', 'text/csv', Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['HTML before PDF', 'application/pdf', Buffer.concat([Buffer.from('<html>'), aPdf()])],
    ['HTML in PDF', 'application/pdf', aPdf('<html><body onload=alert(1)>\n')],
    ['HTML after PDF', 'application/pdf', Buffer.concat([aPdf(), Buffer.from('<script>alert(1)</script>')])],
    ['a ZIP after PDF', 'application/pdf', Buffer.concat([aPdf(), aZip({ 'a.txt': 'x'.repeat(2000) })])],
    ['a ZIP', 'application/zip', aZip({ 'a.txt': 'a' })],
    ['a ZIP', DOCX, aZip({ 'a.txt': 'a' })],
    ['a table', DOCX, anXlsx()],
    ['macros', DOCX, aDocx({ 'word/vbaProject.bin': 'x' })],
    ['macros under another case', DOCX, aDocx({ 'word/VBAPROJECT.BIN': 'x' })],
    ['macros by type', DOCX, aDocx({}, 'application/vnd.ms-word.document.macroEnabled.main+xml')],
    ['a macro sheet', XLSX, anXlsx({ 'xl/macrosheets/sheet1.xml': '<x/>' })],
    ['a control', XLSX, anXlsx({ 'xl/activeX/activeX1.bin': 'x' })],
    ['an embedded file', DOCX, aDocx({ 'word/embeddings/oleObject1.bin': 'x' })],
    [
      'a template elsewhere',
      DOCX,
      aDocx({ 'word/_rels/settings.xml.rels': relationship('attachedTemplate', 'https://example.org/t.dotm') }),
    ],
    ['F1 a template elsewhere, with a hyperlink in its address', DOCX, aTemplate(`${LINK}?Type='/hyperlink'`)],
    ['F1 a template elsewhere, with a hyperlink beside it', DOCX, aTemplate(`${LINK}" x:Type="a/hyperlink`)],
    ['F1 a template elsewhere, behind a > in a value', DOCX, aTemplate(LINK, 'Relationship Name="a>b"')],
    ['F1 a template elsewhere, under a prefix', DOCX, aTemplate(LINK, 'r-e.l:Relationship')],
    ['F1 a template elsewhere, in .RELS', DOCX, aTemplate(LINK, 'Relationship', 'word/_RELS/settings.xml.RELS')],
    ['F1 macros by a type that is spelled otherwise', DOCX, aDocx({}, `${WORD}" Other="macro&#69;nabled`)],
    ['F1 macros in a part of any name', DOCX, aDocx({ 'word/_rels/a.rels': inside('vba&#80;roject') })],
    ['F1 an embedded file in a part of any name', DOCX, aDocx({ 'word/_rels/a.rels': inside('oleObject') })],
    ['F1 another format that is taken in at opening', DOCX, aDocx({ 'word/_rels/a.rels': inside('aFChunk') })],
    ['F1 a question to another program (DDE)', XLSX, anXlsx({ 'xl/_rels/a.rels': inside('externalLink') })],
    ['F1 relationships without end', DOCX, aDocx({ '_rels/.rels': '<Relationship '.repeat(18_000) })],
    ['F1 relationships of 2 MB', DOCX, aDocx({ '_rels/.rels': `<Relationships>${' '.repeat(2e6)}</Relationships>` })],
    ['F1 relationships in many parts', DOCX, aDocx(Object.fromEntries(manyRelationships()))],
    ['F1 too many entries', DOCX, aDocx(Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`a${i}`, ''])))],
    ['F1 relationships nested without end', DOCX, aDocx({ '_rels/.rels': '<a>'.repeat(80_000) })],
    ['F1 a document type of their own', DOCX, aDocx({ '_rels/.rels': '<!DOCTYPE a><a/>' })],
    ['F1 another encoding', DOCX, aDocx({ '_rels/.rels': '<?xml version="1.0" encoding="utf-7"?><a/>' })],
    ['F1 an entity of their own', DOCX, aDocx({ '_rels/.rels': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' })],
    ['relationships that cannot be read', DOCX, aDocx({ '_rels/.rels': Buffer.from('<Relationships/>', 'utf16le') })],
    ['a path of its own', DOCX, aDocx({ '../../etc/passwd': 'x' })],
    ['a ZIP with something after it', DOCX, Buffer.concat([aDocx(), Buffer.from('MZ')])],
    ['a ZIP that is cut off', DOCX, aDocx().subarray(0, -30)],
    ['too much when expanded', DOCX, aDocx({ a: Buffer.alloc(60e6), b: Buffer.alloc(60e6) })],
  ])('%s is refused as %s', async (_, type, content) => {
    await expect(inspect(content, type)).rejects.toThrow(NotOfThatType);
  });

  it('F1 a spectrum with many blanks at its end is looked at in no time', async () => {
    const blanks = Buffer.from(`${aSpectrum().toString().trimEnd()}${' '.repeat(1e5)}\nx`);
    const begun = performance.now();
    await expect(inspect(blanks, SPECTRUM)).rejects.toThrow(NotOfThatType);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('F1 is refused when its entries are the same bytes, which could be expanded without end', async () => {
    const zip = aDocx({ 'word/media/a.png': randomBytes(100_000) });
    const end = zip.lastIndexOf('PK\x05\x06');
    const directory = zip.subarray(zip.readUInt32LE(end + 16), end);
    const twice = Buffer.concat([zip.subarray(0, end), directory, zip.subarray(end)]);
    const last = twice.length - (zip.length - end);
    for (const at of [8, 10]) twice.writeUInt16LE(2 * zip.readUInt16LE(end + at), last + at);
    twice.writeUInt32LE(2 * directory.length, last + 12);
    await expect(inspect(twice, DOCX)).rejects.toThrow(NotOfThatType);
  });

  it('is refused when an entry expands to more than it says', async () => {
    const lying = aDocx({ 'word/a.xml': Buffer.alloc(1_000_000) });
    const at = lying.lastIndexOf('PK\x01\x02');
    lying.writeUInt32LE(10, at + 24);
    await expect(inspect(lying, DOCX)).rejects.toThrow(NotOfThatType);
  });
});
