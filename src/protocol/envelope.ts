/**
 * The common envelope of every signed object (security.md 2.1). Checked here:
 *
 * - exactly the known members, each of its form
 * - `unit` is a unit of the agency `from`
 * - addressees are agencies, units or communities, and none stands twice
 *
 * `handling` and `body` are only known to be objects; the handling rules and the registry of kinds judge them.
 */
import { pointerTo, type JsonObject, type JsonValue } from './canonical.js';
import { DIGEST, SHA256, type Digest } from './digest.js';
import { ProtocolError } from './errors.js';
import { asList, asObject, constant, distinct, exactly, matching } from './shape.js';
import { checkTimestamp } from './timestamp.js';

/** The kinds of object that can be submitted to a hub. */
export const OBJECT_KINDS = [
  'alert',
  'request',
  'oral',
  'answer',
  'feedback',
  'consent',
  'note',
  'seizure',
  'recall',
] as const;

/** One of the kinds of object. */
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** A reference to one version of an object: its id and the digest of its payload. */
export interface ObjectLink {
  id: string;
  digest: Digest;
}

/** A file sent beside the object: SHA-256 (bare hex) of its original bytes, size in bytes as a decimal string, media type. */
export interface AttachmentLink {
  sha256: string;
  size: string;
  mediaType: string;
}

/** A salted text sent beside the object (part.ts): its name and the SHA-256 (bare hex) of its text. */
export interface PartLink {
  name: string;
  sha256: string;
}

/** The payload of a signed object: one immutable version of one thing that one unit says. */
export interface Envelope {
  v: 1;
  kind: ObjectKind;
  /** Identity of the hub that the object was made for. */
  hub: string;
  /** UUID version 4, chosen by the sender. */
  id: string;
  /** Code of the sending agency. */
  from: string;
  /** Code of the sending unit, which begins with the agency's. */
  unit: string;
  /** Agency codes, unit codes and `community:<uuid>`. */
  to: string[];
  /** RFC 3339, UTC, whole seconds. */
  createdAt: string;
  inReplyTo: ObjectLink | null;
  supersedes: ObjectLink | null;
  operation: string | null;
  handling: JsonObject;
  purpose: string;
  /** Pseudonym of the author, `p:…`. */
  authoredBy: string | null;
  /** Pseudonym of the releasing officer, `p:…`. */
  releasedBy: string | null;
  attachments: AttachmentLink[];
  parts: PartLink[];
  body: JsonObject;
}

/** The form of an agency's code, such as VN-CUS. */
export const AGENCY = /^[A-Z]{2}-[A-Z0-9]{2,12}$/;

/** The form of a unit's code, such as VN-CUS-AS. */
export const UNIT = /^[A-Z]{2}-[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){1,3}$/;

/** The form of a person's pseudonym, such as p:7f3c. */
export const PERSON = /^p:[A-Za-z0-9_-]{1,64}$/;

/** The form of a part's name, such as nominal. */
export const PART_NAME = /^[a-z][A-Za-z0-9-]{0,39}$/;

const HEX8_4 = '[0-9a-f]{8}-[0-9a-f]{4}';
const UUID_V4 = new RegExp(`^${HEX8_4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);
const ADDRESSEE = new RegExp(
  `${AGENCY.source}|${UNIT.source}|^community:${HEX8_4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`,
);
const SHORT_TEXT = /^.{1,200}$/su;
/** A size in bytes as a decimal string. */
export const SIZE = /^(0|[1-9][0-9]{0,14})$/;
/** The form of a media type, such as image/jpeg. */
export const MEDIA_TYPE = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,63}$/;

const MEMBERS = [
  'v',
  'kind',
  'hub',
  'id',
  'from',
  'unit',
  'to',
  'createdAt',
  'inReplyTo',
  'supersedes',
  'operation',
  'handling',
  'purpose',
  'authoredBy',
  'releasedBy',
  'attachments',
  'parts',
  'body',
] as const satisfies readonly (keyof Envelope)[];

/** Returns the value as an envelope. Throws SHAPE with a pointer, or KIND for a kind that does not exist. */
export function checkEnvelope(value: JsonValue): Envelope {
  const envelope = exactly(value, MEMBERS) as Record<keyof Envelope, JsonValue>;
  constant(envelope.v, 1, '/v');
  if (!OBJECT_KINDS.some((kind) => kind === envelope.kind)) throw new ProtocolError('KIND', '/kind');
  matching(envelope.hub, SHORT_TEXT, '/hub');
  matching(envelope.id, UUID_V4, '/id');
  const from = matching(envelope.from, AGENCY, '/from');
  if (!matching(envelope.unit, UNIT, '/unit').startsWith(`${from}-`)) throw new ProtocolError('SHAPE', '/unit');
  distinct(envelope.to, ADDRESSEE, 1, 200, '/to');
  checkTimestamp(envelope.createdAt, '/createdAt');
  checkLink(envelope.inReplyTo, '/inReplyTo');
  checkLink(envelope.supersedes, '/supersedes');
  checkOptional(envelope.operation, SHORT_TEXT, '/operation');
  asObject(envelope.handling, '/handling');
  matching(envelope.purpose, SHORT_TEXT, '/purpose');
  checkOptional(envelope.authoredBy, PERSON, '/authoredBy');
  checkOptional(envelope.releasedBy, PERSON, '/releasedBy');
  asList(envelope.attachments, 0, 100, '/attachments').forEach(checkAttachment);
  checkParts(envelope.parts);
  asObject(envelope.body, '/body');
  return value as unknown as Envelope;
}

function checkOptional(value: JsonValue, form: RegExp, pointer: string): void {
  if (value !== null) matching(value, form, pointer);
}

function checkLink(value: JsonValue, pointer: string): void {
  if (value === null) return;
  const link = exactly(value, ['id', 'digest'], pointer);
  matching(link['id'], UUID_V4, `${pointer}/id`);
  matching(link['digest'], DIGEST, `${pointer}/digest`);
}

function checkAttachment(value: JsonValue, i: number): void {
  const pointer = pointerTo('/attachments', i);
  const attachment = exactly(value, ['sha256', 'size', 'mediaType'], pointer);
  matching(attachment['sha256'], SHA256, `${pointer}/sha256`);
  matching(attachment['size'], SIZE, `${pointer}/size`);
  matching(attachment['mediaType'], MEDIA_TYPE, `${pointer}/mediaType`);
}

function checkParts(value: JsonValue): void {
  const names = asList(value, 0, 20, '/parts').map((entry, i) => {
    const pointer = pointerTo('/parts', i);
    const part = exactly(entry, ['name', 'sha256'], pointer);
    matching(part['sha256'], SHA256, `${pointer}/sha256`);
    return part['name'] ?? null;
  });
  distinct(names, PART_NAME, 0, names.length, '/parts');
}
