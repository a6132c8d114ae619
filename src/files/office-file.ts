import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';

const MAX_EXPANDED_BYTES = 100 * 1024 * 1024;
const MAX_ENTRIES = 10_000;
/** Macros of every kind, controls, and files inside the file, which nobody has looked into. */
const ACTIVE = /vba(project|data)|macrosheets|dialogsheets|activex|(^|\/)embeddings\//i;

/**
 * Checks a DOCX or XLSX file, which is a ZIP of XML (ECMA-376 part 2). Throws unless
 *
 * - the ZIP ends with the file, and every entry expands to what it says, all together to at most 100 MB
 * - nothing in it is encrypted, has a path of its own choosing, or is a macro, a control or an embedded file
 * - no content type speaks of macros
 * - nothing but hyperlinks leads outside, such as to a template with macros
 */
export async function checkOfficeFile(content: Buffer): Promise<void> {
  const zip = await fromBufferPromise(content, { strictFileNames: true });
  if (zip.comment !== '' || zip.entryCount > MAX_ENTRIES) throw new Error('More than an office file');
  let expanded = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted() || ACTIVE.test(entry.fileName)) throw new Error('An entry that may not be there');
    const isRead = entry.fileName === '[Content_Types].xml' || entry.fileName.endsWith('.rels');
    const text: Buffer[] = [];
    for await (const chunk of await bytesOf(zip, entry)) {
      expanded += chunk.length;
      if (expanded > MAX_EXPANDED_BYTES) throw new Error('Too much when expanded');
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
  if (xml.includes('\0') || /<!(DOCTYPE|ENTITY)|encoding\s*=\s*["'](?!utf-8)/i.test(xml))
    throw new Error('Not plain XML');
  if (/macroEnabled|vbaProject/i.test(xml)) throw new Error('Macros');
  for (const [relationship] of xml.matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    const leadsOutside = /TargetMode\s*=\s*["'](?!Internal)/.test(relationship);
    if (leadsOutside && !/Type\s*=\s*["'][^"']*\/hyperlink["']/.test(relationship)) throw new Error('Leads outside');
  }
}
