/**
 * Verification of objects years later, without a network, a hub or anything that the bundle itself asserts: trust comes from
 * the roots and hub keys that the caller pinned. A verdict is as recent as the last key set in the bundle. For each object:
 *
 * - the receipt is genuine and is for this object, its signers and its sender; its `receivedAt` is the time of judgement
 * - the sender's key sets lead without a gap from the pinned roots to the set in force at that time
 * - the object passes everything that ingress checks, at that time
 * - each signer's key is judged by what later key sets say of it
 * - the parts present are the ones quoted, and none is foreign
 * - no id stands for two contents; links lead to the very versions they quote, `supersedes` to the same sender's
 */
import { asList, asObject, constant, exactly, asString, matching } from './shape.js';
import { pointerTo, type JsonValue } from './canonical.js';
import type { Digest } from './digest.js';
import type { AttachmentLink, ObjectKind, ObjectLink } from './envelope.js';
import { ProtocolError, type ProtocolSub } from './errors.js';
import { judgeAt, keysInForce, verifyKeySetChain, type KeySet, type Verdict } from './key-set.js';
import type { PublicJwk } from './keys.js';
import { checkPart } from './part.js';
import { openReceipt, type Receipt } from './receipt.js';
import { readSignedObject, verifySignatures, type ReadObject } from './signed-object.js';

/** One object in a bundle: its signed text, the texts of its parts (null where withheld or erased) and its receipt. */
export interface BundledObject {
  text: string;
  parts: { name: string; text: string | null }[];
  receipt: string;
}

/** Everything needed to verify some objects of one hub. `hubKeys` is for information; it is never trusted. */
export interface Bundle {
  v: 1;
  kind: 'bundle';
  hub: string;
  objects: BundledObject[];
  /** The signed texts of each agency's key sets, from `seq` 1 on. */
  keySets: { [agency: string]: string[] };
  hubKeys: PublicJwk[];
}

/** What the caller trusts: each agency's roots as pinned at enrolment, and the hub's receipt keys. */
export interface Trust {
  roots: { [agency: string]: PublicJwk[] };
  hubKeys: PublicJwk[];
}

/** What a reader should be told beside the verdict. */
export type BundleNote =
  | 'KEY_RETIRED'
  | 'KEY_COMPROMISED'
  | 'LATE'
  | 'CLOCK_SIMULATED'
  | 'PART_WITHHELD'
  | 'IN_REPLY_TO_ABSENT'
  | 'SUPERSEDES_ABSENT';

/** The judgement of one object. What could not be read is null; `error` says why an object is INVALID. */
export interface ObjectVerdict {
  id: string | null;
  kind: ObjectKind | null;
  from: string | null;
  digest: Digest | null;
  /** The files that it names; whoever has one compares its SHA-256. */
  attachments: AttachmentLink[];
  verdict: Verdict;
  notes: BundleNote[];
  error?: ProtocolSub;
}

interface Judged {
  read: ReadObject | null;
  verdict: Verdict;
  notes: BundleNote[];
  error?: ProtocolSub;
}

type Chains = ReadonlyMap<string, KeySet[] | ProtocolError>;

const WORST_FIRST: readonly Verdict[] = ['INVALID', 'DISPUTED', 'VALID_RETIRED', 'VALID'];

/** Judges every object, in the bundle's order. Throws SHAPE for something that is not a bundle; faults of objects are verdicts. */
export async function verifyBundle(bundle: Bundle, trust: Trust): Promise<ObjectVerdict[]> {
  checkBundle(bundle);
  const chains = await verifyChains(bundle, trust);
  const judged = await Promise.all(bundle.objects.map((object) => judge(object, bundle.hub, chains, trust.hubKeys)));
  return judged.map((one) => report(withLinks(one, judged)));
}

/** Returns the value as a bundle if it has a bundle's shape; signatures, key sets and receipts are judged later. */
export function checkBundle(value: unknown): Bundle {
  const bundle = exactly(value, ['v', 'kind', 'hub', 'objects', 'keySets', 'hubKeys']);
  constant(bundle['v'], 1, '/v');
  constant(bundle['kind'], 'bundle', '/kind');
  matching(bundle['hub'], /./, '/hub');
  asList(bundle['objects'], 0, Infinity, '/objects').forEach(checkObject);
  for (const [agency, texts] of Object.entries(asObject(bundle['keySets'], '/keySets'))) {
    const pointer = pointerTo('/keySets', agency);
    asList(texts, 1, Infinity, pointer).forEach((text, i) => asString(text, pointerTo(pointer, i)));
  }
  asList(bundle['hubKeys'], 0, Infinity, '/hubKeys');
  return value as Bundle;
}

function checkObject(value: JsonValue, i: number): void {
  const pointer = pointerTo('/objects', i);
  const object = exactly(value, ['text', 'parts', 'receipt'], pointer);
  asString(object['text'], `${pointer}/text`);
  asString(object['receipt'], `${pointer}/receipt`);
  asList(object['parts'], 0, Infinity, `${pointer}/parts`).forEach((entry, j) => {
    const here = pointerTo(`${pointer}/parts`, j);
    const part = exactly(entry, ['name', 'text'], here);
    asString(part['name'], `${here}/name`);
    if (part['text'] !== null) asString(part['text'], `${here}/text`);
  });
}

/** A chain that fails, or whose agency has no pinned roots, stands as its fault. */
async function verifyChains({ keySets, hub }: Bundle, trust: Trust): Promise<Chains> {
  const roots = new Map(Object.entries(trust.roots));
  const chains = Object.entries(keySets).map(async ([agency, texts]) => {
    return [agency, await verifyChain(agency, texts, roots.get(agency) ?? [], hub).catch(asFault)] as const;
  });
  return new Map(await Promise.all(chains));
}

async function verifyChain(agency: string, texts: string[], roots: PublicJwk[], hub: string): Promise<KeySet[]> {
  const chain = await verifyKeySetChain(texts, roots, { hub });
  if (chain.some((set) => set.agency !== agency)) throw new ProtocolError('FROM');
  return chain;
}

async function judge(object: BundledObject, hub: string, chains: Chains, hubKeys: PublicJwk[]): Promise<Judged> {
  const judged: Judged = { read: null, verdict: 'VALID', notes: [] };
  try {
    const receipt = await openReceipt(object.receipt, hubKeys, hub);
    const receivedAt = new Date(receipt.receivedAt);
    const read = await readSignedObject(object.text, { hub, now: receivedAt });
    judged.read = read;
    checkReceiptFor(read, receipt);
    await judgeSigners(judged, read, receivedAt, chains.get(read.envelope.from) ?? []);
    await checkParts(judged, read, object.parts);
    if (read.isLate) judged.notes.push('LATE');
    if (receipt.clock === 'simulated') judged.notes.push('CLOCK_SIMULATED');
    return judged;
  } catch (error) {
    return refused(judged, error);
  }
}

function checkReceiptFor({ digest, envelope, signatures }: ReadObject, receipt: Receipt): void {
  const isSame = receipt.objectDigest === digest && receipt.from === envelope.from;
  const kids = signatures.map(({ kid }) => kid);
  if (!isSame || receipt.kids.toSorted().join() !== kids.toSorted().join()) throw new ProtocolError('RECEIPT');
}

async function judgeSigners(
  judged: Judged,
  read: ReadObject,
  receivedAt: Date,
  chain: KeySet[] | ProtocolError,
): Promise<void> {
  if (chain instanceof ProtocolError) throw chain;
  const keys = new Map(keysInForce(chain, receivedAt).map((key) => [key.kid, key]));
  const signers = await verifySignatures(read, keys, { at: receivedAt, isHistory: true });
  const verdicts = signers.map((key, i) => judgeAt(key, read.signatures[i]!.iat, receivedAt));
  judged.verdict = WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? 'INVALID';
  if (judged.verdict === 'INVALID') judged.error = 'KEY_REVOKED';
  if (signers.some(({ revoked }) => revoked?.reason === 'keyCompromise')) judged.notes.push('KEY_COMPROMISED');
  if (judged.verdict === 'VALID_RETIRED') judged.notes.push('KEY_RETIRED');
}

async function checkParts(judged: Judged, { envelope }: ReadObject, parts: BundledObject['parts']): Promise<void> {
  const texts = new Map(parts.map(({ name, text }) => [name, text]));
  const isForeign = parts.some(({ name }) => !envelope.parts.some((part) => part.name === name));
  if (isForeign || texts.size !== parts.length) throw new ProtocolError('PART');
  const present = envelope.parts.filter(({ name }) => typeof texts.get(name) === 'string');
  await Promise.all(present.map((part) => checkPart(texts.get(part.name)!, part)));
  if (present.length < envelope.parts.length) judged.notes.push('PART_WITHHELD');
}

function withLinks(judged: Judged, all: readonly Judged[]): Judged {
  if (!judged.read || judged.verdict === 'INVALID') return judged;
  const { envelope, digest } = judged.read;
  const others = all.filter((one) => one.verdict !== 'INVALID').map((one) => one.read!);
  const own = others.filter((one) => one.envelope.from === envelope.from);
  const notes = [...judged.notes];
  try {
    if (own.some((one) => one.envelope.id === envelope.id && one.digest !== digest))
      throw new ProtocolError('ID_REUSED');
    if (!isPresent(envelope.inReplyTo, others)) notes.push('IN_REPLY_TO_ABSENT');
    if (!isPresent(envelope.supersedes, own)) notes.push('SUPERSEDES_ABSENT');
    return { ...judged, notes };
  } catch (error) {
    return refused({ ...judged, notes }, error);
  }
}

/** Whether the version quoted is there, or none is. Throws LINK for a match of id or digest alone. */
function isPresent(link: ObjectLink | null, candidates: readonly ReadObject[]): boolean {
  if (!link) return true;
  const named = candidates.filter((one) => one.digest === link.digest || one.envelope.id === link.id);
  if (named.some((one) => one.digest === link.digest && one.envelope.id === link.id)) return true;
  if (named.length > 0) throw new ProtocolError('LINK');
  return false;
}

function refused(judged: Judged, error: unknown): Judged {
  return { ...judged, verdict: 'INVALID', error: asFault(error).sub };
}

/** A refusal by the protocol; anything else is a bug and goes on. */
function asFault(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  throw error;
}

function report({ read, verdict, notes, error }: Judged): ObjectVerdict {
  const { id, kind, from, attachments } = read?.envelope ?? { id: null, kind: null, from: null, attachments: [] };
  return { id, kind, from, digest: read?.digest ?? null, attachments, verdict, notes, ...(error && { error }) };
}
