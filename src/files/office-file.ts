import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';

const MAX_EXPANDED_BYTES = 100 * 1024 * 1024;
const MAX_ENTRIES = 4_000;
/** Content types and relationships, all together; those of a document of a thousand pages have some 100 kB. Parsing stops all else. */
const MAX_XML_BYTES = 256 * 1024;
/** Macros of every kind, controls, and files inside the file, which nobody has looked into. */
const ACTIVE = /vba(project|data)|macrosheets|dialogsheets|activex|(^|\/)embeddings\//i;
/** The same by the relationship that leads to it, since a part may lie anywhere; and what is taken in, or asked of other programs, at opening. */
const ACTIVE_TYPE =
  /\/(vbaProject|wordVbaData|xl(Intl)?Macrosheet|dialogsheet|control|activeXControl\w*|oleObject|package|aFChunk|externalLink)$/i;
/** ECMA-376 part 1, 15.3: in its transitional and in its strict spelling. */
const HYPERLINKS: ReadonlySet<string | undefined> = new Set([
  'http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink',
  'http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink',
]);

/**
 * Checks a DOCX or XLSX file, which is a ZIP of XML (ECMA-376 part 2). Throws unless
 *
 * - the ZIP ends with the file, and every entry expands to what it says, all together to at most 100 MB; no two share bytes of the file,
 *   which could be expanded thousands of times
 * - nothing in it is encrypted, has a path of its own choosing, or is a macro, a control or an embedded file
 * - no content type speaks of macros
 * - nothing but hyperlinks leads outside, such as to a template with macros
 */
export async function checkOfficeFile(content: Buffer): Promise<void> {
  const zip = await fromBufferPromise(content, { strictFileNames: true });
  if (zip.comment !== '' || zip.entryCount > MAX_ENTRIES) throw new Error('More than an office file');
  let packed = 0;
  let expanded = 0;
  let read = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted() || ACTIVE.test(entry.fileName)) throw new Error('An entry that may not be there');
    packed += entry.compressedSize;
    if (packed > content.length) throw new Error('Entries that share bytes');
    const name = entry.fileName.toLowerCase(); // part 2, 6.2.2.3: names of parts differ by more than case
    const isRead = name === '[content_types].xml' || name.endsWith('.rels');
    const text: Buffer[] = [];
    for await (const chunk of await bytesOf(zip, entry)) {
      expanded += chunk.length;
      if (isRead) read += chunk.length;
      if (expanded > MAX_EXPANDED_BYTES || read > MAX_XML_BYTES) throw new Error('Too much when expanded');
      if (isRead) text.push(chunk);
    }
    if (isRead) checkXml(Buffer.concat(text));
  }
}

function bytesOf(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  return zip.openReadStreamPromise(entry);
}

/** These two kinds of entry are read as UTF-8; in another encoding they could hide what is looked for. */
function checkXml(bytes: Buffer): void {
  const xml = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (/<!(DOCTYPE|ENTITY)|encoding\s*=\s*["'](?!utf-8)/i.test(xml)) throw new Error('Not plain XML');
  // As a program reads it, not as it is written: a value can be spelled with &#…; and a name have any prefix.
  const rest = [parseXml(xml).root];
  for (let element = rest.pop(); element; element = rest.pop()) {
    checkElement(element.attributes);
    rest.push(...element.children.filter((child) => child instanceof XmlElement));
  }
}

function checkElement(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (/macroEnabled|vbaProject/i.test(value)) throw new Error('Macros');
    const leadsOutside = /(^|:)TargetMode$/i.test(name) && value !== 'Internal';
    if (leadsOutside && !HYPERLINKS.has(attributes['Type'])) throw new Error('Leads outside');
    if (/(^|:)Type$/i.test(name) && ACTIVE_TYPE.test(value)) throw new Error('Active content');
  }
}
