import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { BadSignedObject } from '../common/errors.js';
import { type Envelope, PERSON } from '../protocol/envelope.js';
import type { RegisteredKey } from '../protocol/signed-object.js';
import { rightsOf } from '../session/people/role-rights.js';
import type { Incoming, ObjectKind, Tier } from './object-kind.js';

interface Officer {
  pseudonym: string;
  unit_id: string;
  roles: string[];
}

/** The persons who stand behind an object: one, or two of whom the second releases it. */
export interface Signatories {
  author: string;
  releaser: string;
}

/**
 * Checks the persons among an object's signers (security.md 2.7, S27), and answers who they are; null where only the unit's key signed,
 * which is the unit's own affair. Where a person signed:
 *
 * - those who signed are exactly those whom the object names as author and releaser, and at the console the officer is among them; an
 *   object that names an author alone may have a releaser who signed after the author: whoever was on duty when the draft waited
 * - each is an officer in force of the unit that speaks; the author's roles read content, the releaser's may send
 * - the releaser signs last, after the author
 *
 * Throws PERSON for the first, UNIT for an author, and FOUR_EYES for a releaser, who must be another person where there is an author.
 */
export async function checkSignatories(
  tx: EntityManager,
  caller: Caller,
  envelope: Envelope,
  keys: readonly RegisteredKey[],
  now: Date,
): Promise<Signatories | null> {
  const persons = keys.map(({ holder }) => holder).filter((holder) => PERSON.test(holder));
  if (caller.session && !persons.includes(caller.officer!)) throw refusal('PERSON');
  if (persons.length === 0) return null;

  const named = [envelope.authoredBy, envelope.releasedBy ?? unnamedReleaser(envelope, persons)].filter(
    (person) => person !== null,
  );
  if ([...new Set(named)].toSorted().join() !== [...new Set(persons)].toSorted().join()) throw refusal('PERSON');

  const officers = await readOfficers(tx, envelope, persons, now);
  const [author, releaser] = [named[0]!, named.at(-1)!];
  const mayWrite = rightsOf(officers.get(author)?.roles ?? []).permissions.has('objects.read');
  if (officers.get(author)?.unit_id !== envelope.unit || !mayWrite) throw refusal('UNIT');
  if (!maySendFor(envelope, officers.get(releaser)) || persons.at(-1) !== releaser) {
    throw refusal(author === releaser ? 'UNIT' : 'FOUR_EYES');
  }
  return { author, releaser };
}

/** Who signed last, where the object names its author alone and that is another. */
function unnamedReleaser({ authoredBy }: Envelope, persons: readonly string[]): string | null {
  const last = persons.at(-1)!;
  return authoredBy !== null && last !== authoredBy ? last : null;
}

/** Checks that a person may release for the unit that speaks. Throws FOUR_EYES. */
export async function checkReleaser(tx: EntityManager, envelope: Envelope, person: string, now: Date): Promise<void> {
  if (!maySendFor(envelope, (await readOfficers(tx, envelope, [person], now)).get(person))) throw refusal('FOUR_EYES');
}

/** Whether two persons stand behind it. */
export function hasFourEyes(signatories: Signatories | null): boolean {
  return signatories !== null && signatories.author !== signatories.releaser;
}

/** What this act needs: its kind says; personal details to an agency that never had any from the sender need a second person. */
export async function tierOf(
  tx: EntityManager,
  kind: ObjectKind,
  { envelope, body }: Pick<Incoming, 'envelope' | 'body'>,
): Promise<Tier> {
  if (envelope.parts.length === 0) return kind.tier?.(body) ?? 'T1';
  return (await isNewPartner(tx, envelope)) ? 'T2' : 'T1';
}

/** Whether the agency lets an officer on duty send FLASH alone, and owe the second signature. */
export async function mayFlashAlone(tx: EntityManager): Promise<boolean> {
  const text = 'SELECT 1 FROM agency.signing_rule s WHERE s.flash_alone';
  return (await prepared(tx, 'flash-alone', text)).length > 0;
}

function maySendFor({ unit }: Envelope, officer: Officer | undefined): boolean {
  return officer?.unit_id === unit && rightsOf(officer.roles).permissions.has('objects.submit');
}

async function isNewPartner(tx: EntityManager, { from, to }: Envelope): Promise<boolean> {
  const text = `SELECT 1 FROM unnest(cmd.reading_agencies($2)) x(agency)
    WHERE x.agency <> $1 AND NOT EXISTS (SELECT 1 FROM hub.nominal_partner p WHERE p.agency_id = $1 AND p.partner_id = x.agency)`;
  return (await prepared(tx, 'new-nominal-partners', text, [from, to])).length > 0;
}

async function readOfficers(
  tx: EntityManager,
  { from }: Envelope,
  persons: readonly string[],
  now: Date,
): Promise<Map<string, Officer>> {
  const text = `SELECT o.pseudonym, o.unit_id, o.roles FROM agency.officer o
    WHERE o.agency_id = $1 AND o.pseudonym = ANY ($2::text[]) AND o.pseudonym <> ALL (cmd.shut_out($2::text[]))
      AND o.valid_from <= $3 AND (o.valid_until IS NULL OR o.valid_until > $3)`;
  const rows = await prepared<Officer>(tx, 'signing-officers', text, [from, persons, now]);
  return new Map(rows.map((row) => [row.pseudonym, row]));
}

const SENTENCES = { PERSON: 'error.signerNotNamed', UNIT: 'error.signerOfUnit', FOUR_EYES: 'error.fourEyes' } as const;

/** A refusal that says what an officer can do about it. */
export function refusal(sub: keyof typeof SENTENCES): BadSignedObject {
  return new BadSignedObject(sub, {}, SENTENCES[sub]);
}
