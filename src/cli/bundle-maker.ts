import { type Bundle, type BundledObject, checkBundle } from '../protocol/bundle.js';
import { parseCanonical } from '../protocol/canonical.js';
import { checkEnvelope, type Envelope } from '../protocol/envelope.js';
import { HubRefused } from './client-errors.js';
import type { HubClient } from './client.js';
import type { Opened } from './client-models.js';
import { EXIT, Failure } from './failures.js';

/** Which objects a bundle shall hold. */
export interface BundleRequest {
  ids: readonly string[];
  hub: string;
  /** Ask for the texts of parts, which is recorded for their owner. */
  withParts: boolean;
  /** Take along what the objects answer or replace, and the whole thread of a request, as far as the caller may see it. */
  isFollowing: boolean;
  /** The objects are taken elsewhere; their owners see exports instead of openings. */
  forExport: boolean;
}

/** Gathers objects with everything needed to verify them; nothing is judged here. */
export async function makeBundle(
  client: HubClient,
  request: BundleRequest,
): Promise<{ bundle: Bundle; opened: Opened[] }> {
  const opened = await openAll(client, request);
  const agencies = [...new Set(opened.map(({ from }) => from))];
  const chains = await Promise.all(agencies.map(async (agency) => [agency, await client.keySets(agency)] as const));
  const bundle: Bundle = {
    v: 1,
    kind: 'bundle',
    hub: request.hub,
    objects: opened.map(bundled),
    keySets: Object.fromEntries(chains),
    hubKeys: await client.hubKeys(),
  };
  return { bundle: checkBundle(bundle), opened };
}

async function openAll(client: HubClient, request: BundleRequest): Promise<Opened[]> {
  const { ids, isFollowing } = request;
  const opened = new Map<string, Opened>();
  const wanted = ids.map((id) => ({ id, isLinked: false }));
  for (let next = wanted.shift(); next; next = wanted.shift()) {
    if (opened.has(next.id)) continue;
    const object = await openOne(client, next, request);
    if (!object) continue;
    opened.set(next.id, object);
    const links = [object.inReplyTo, object.supersedes].filter((id) => id !== null);
    if (!isFollowing) continue;
    const thread = object.kind === 'request' ? await threadOf(client, object.id) : [];
    wanted.push(...[...links, ...thread].map((id) => ({ id, isLinked: true })));
  }
  return [...opened.values()];
}

/** Everything that was sent in the matter of a request. */
async function threadOf(client: HubClient, id: string): Promise<string[]> {
  return (await client.request(id)).thread.map(({ object }) => object.id);
}

/** An object that was only linked to may lie out of sight; one that was asked for must be there. */
async function openOne(
  client: HubClient,
  { id, isLinked }: { id: string; isLinked: boolean },
  { withParts, forExport }: BundleRequest,
) {
  try {
    return checkId(id, await client.open(id, { withParts, forExport }));
  } catch (error) {
    if (isLinked && error instanceof HubRefused && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/** A genuine object of the same sender, given in place of the one that was asked for, would verify too. */
function checkId(id: string, opened: Opened): Opened {
  if (envelopeIn(opened.text)?.id === id) return opened;
  throw new Failure(EXIT.verification, 'cli.failure.otherObject', { id });
}

/** What a signed text says, unverified; null when it says nothing that can be read. */
export function envelopeIn(text: string): Envelope | null {
  try {
    const { payload } = JSON.parse(text) as { payload: string };
    return checkEnvelope(parseCanonical(Buffer.from(payload, 'base64url')));
  } catch {
    return null;
  }
}

function bundled({ text, receipt, parts }: Opened): BundledObject {
  return { text, receipt, parts: parts.map((part) => ({ name: part.name, text: part.text })) };
}
