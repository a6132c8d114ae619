import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Conflict, NotFound, StepUpRequired } from '../common/errors.js';
import { WrappingKeys } from '../database/wrapping-keys.js';
import { FileStore } from '../files/file-store.js';
import { printLetter, type Letterhead } from './letter-pdf.js';
import { readLetters } from './letter-rows.js';
import { registerCommand } from './register-commands.js';

/** A file that belongs to a letter. */
export interface LetterFile {
  content: Buffer | Readable;
  size: number;
  mediaType: string;
  sha256: string | null;
}

interface ScanRow {
  file_id: string;
  sha256: string;
  size: string;
  media_type: string;
  wrapped: Buffer;
}

/** What of a letter leaves the hub as a file: the letter itself, to be signed by hand, and the scan of one. Each is recorded. */
@Injectable()
export class LetterFilesService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly store: FileStore,
    private readonly wrappingKeys: WrappingKeys,
  ) {}

  /** A letter that goes out, as PDF. Throws NotFound, StepUpRequired, or Conflict where it has no words, or some that cannot be printed. */
  async print(caller: Caller, id: string): Promise<LetterFile> {
    const { wording, head, language } = await this.database.as(caller, async (tx) => {
      const [letter] = await readLetters(tx, [id]);
      if (!letter) throw new NotFound();
      if (caller.session?.nominalNeedsStepUp) throw new StepUpRequired();
      if (letter.wording === null) throw new Conflict('error.letterHasNoWords', { sub: 'NO_WORDS' });
      return { wording: letter.wording, ...(await readLetterhead(tx, id)) };
    });
    // Nothing of the database is held while it is made; sight is looked at again when the printing is recorded.
    const content = await printLetter(head, wording, language);
    const statement = { name: 'note-printing', text: 'SELECT cmd.note_printing($1)', values: [id] };
    await this.database.as(caller, (tx) => registerCommand(tx, statement));
    return { content, size: content.length, mediaType: 'application/pdf', sha256: null };
  }

  /** The scan of a letter. Throws NotFound where there is none or personal details may not be seen, and StepUpRequired. */
  async openScan(caller: Caller, id: string): Promise<LetterFile> {
    if (caller.session?.nominalNeedsStepUp) throw new StepUpRequired();
    const statement = { name: 'open-scan', text: 'SELECT * FROM cmd.open_scan($1)', values: [id] };
    // The opening is recorded and committed before the first byte.
    const [scan] = await this.database.as(caller, (tx) => registerCommand<ScanRow>(tx, statement));
    if (!scan) throw new NotFound();
    const key = await this.wrappingKeys.unwrap(scan.wrapped, caller.agencyId);
    const content = await this.store.read(scan.file_id, key);
    return { content, size: Number(scan.size), mediaType: scan.media_type, sha256: scan.sha256 };
  }
}

interface HeadRow extends Letterhead {
  language: string;
}

async function readLetterhead(tx: EntityManager, id: string): Promise<{ head: Letterhead; language: 'en' | 'vi' }> {
  const [row] = await prepared<HeadRow>(tx, 'letterhead', LETTERHEAD, [id]);
  const { language, ...head } = row!;
  return { head, language: language === 'vi' ? 'vi' : 'en' };
}

const LETTERHEAD = `
  SELECT l.ref, l.national_ref AS "nationalRef", l.partner_ref AS "partnerRef", l.dated::text AS dated, l.article, p.language,
    CASE l.clearance WHEN 0 THEN 'UNCLASSIFIED' ELSE 'RESTRICTED' END AS classification,
    json_build_object('en', a.name_en, 'vi', a.name_vi) AS agency,
    json_build_object('en', u.name_en, 'vi', u.name_vi) AS unit,
    json_build_object('en', p.name_en, 'vi', p.name_vi, 'address', p.address) AS partner,
    CASE WHEN g.id IS NOT NULL THEN json_build_object('en', g.title_en, 'vi', g.title_vi) END AS agreement
  FROM agency.letter l JOIN agency.outside_partner p ON p.id = l.partner_id
    JOIN hub.agency a ON a.id = l.agency_id JOIN hub.unit u ON u.id = l.by_unit LEFT JOIN hub.agreement g ON g.id = l.agreement_id
  WHERE l.id = $1`;
