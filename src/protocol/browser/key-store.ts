/**
 * Keys that this browser itself keeps (IndexedDB 3.0), which no script can export: for the length of one session, so that tier T0 needs
 * no touch; or for good, where the authenticator has no `prf`. A browser may empty it at any time: the holder then makes a new key.
 */
import type { CryptoKey } from 'jose';

/** Under which name a key lies: that of the session, or `device` for one that is kept for good. */
export interface StoredKey {
  kid: string;
  holder: string;
  place: string;
  key: CryptoKey;
}

/** The place of keys that stay. */
export const DEVICE = 'device';

interface Request<T> {
  result: T;
  addEventListener(type: 'success' | 'error' | 'upgradeneeded', listener: () => void): void;
}

interface Store {
  put(value: StoredKey): Request<unknown>;
  get(kid: string): Request<StoredKey | undefined>;
  getAll(): Request<StoredKey[]>;
  delete(kid: string): Request<unknown>;
}

interface Database {
  createObjectStore(name: string, options: { keyPath: string }): unknown;
  transaction(name: string, mode: 'readwrite'): { objectStore(name: string): Store };
  close(): void;
}

/** What of a browser's `indexedDB` is used. */
export interface Databases {
  open(name: string, version: number): Request<Database>;
}

const NAME = 'liaison-keys';

/** Keeps a key, which cannot be exported. */
export async function keepKey(databases: Databases, stored: StoredKey): Promise<void> {
  await within(databases, (store) => store.put(stored));
}

/** The key of this id, if it lies here for this holder and in this session or for good; whatever other sessions left is dropped. */
export async function findKey(
  databases: Databases,
  kid: string,
  holder: string,
  session: string,
): Promise<CryptoKey | null> {
  await dropOthers(databases, session);
  const stored = await within(databases, (store) => store.get(kid));
  return stored?.holder === holder ? stored.key : null;
}

/** Drops what sessions other than this one left, also that of another officer at the same browser. */
export async function dropOthers(databases: Databases, session: string | null): Promise<void> {
  const all = await within(databases, (store) => store.getAll());
  for (const { kid, place } of all) {
    if (place !== DEVICE && place !== session) await within(databases, (store) => store.delete(kid));
  }
}

async function within<T>(databases: Databases, work: (store: Store) => Request<T>): Promise<T> {
  const opening = databases.open(NAME, 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(NAME, { keyPath: 'kid' }));
  const database = await settled(opening);
  try {
    return await settled(work(database.transaction(NAME, 'readwrite').objectStore(NAME)));
  } finally {
    database.close();
  }
}

function settled<T>(request: Request<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(new Error('The browser keeps no keys')));
  });
}
