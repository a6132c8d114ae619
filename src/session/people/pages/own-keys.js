// The officer's own keys as this browser opens them, for what signs objects and for what signs key sets.
import { findKey, keepKey } from '../../../protocol/browser/key-store.js';
import { touch } from '../../../protocol/browser/touch.js';
import { unwrapKey } from '../../../protocol/browser/wrapped-key.js';
import { ask, main, Told } from './browser.js';

const { hub, agency, officer, session } = main.dataset;
export const place = { hub, agency };
export const find = (selector) => document.querySelector(selector);
export const now = () => Math.floor(Date.now() / 1000);

export const ownKeys = async (use) =>
  (await ask('MyKeys')).myKeys.filter((key) => key.use === use && key.state === 'IN_FORCE');

/** The officer's key, and what a touch for this challenge gave; without a touch where the key is open already and none is wanted. */
export async function open(use, challenge, isSilent) {
  const keys = await ownKeys(use);
  if (keys.length === 0) throw new Told(main.dataset.noKey);
  for (const { kid } of isSilent ? keys : []) {
    const key = await findKey(indexedDB, kid, officer, session);
    if (key) return { kid, key, assertion: null };
  }
  // A key that a browser keeps itself is bound to no passkey, so the officer may touch with each.
  const credentials = keys.every(({ wrapped }) => wrapped) ? keys.map(({ credential }) => credential) : [];
  const touched = await touch(navigator, challenge, credentials);
  for (const own of keys) {
    if (own.wrapped && own.credential !== touched.credentialId) continue;
    const key = await openWith(own, touched);
    if (key) return { kid: own.kid, key, assertion: touched.assertion };
  }
  throw new Told(main.dataset.notThisDevice);
}

export async function openWith(own, { prf }) {
  if (!own.wrapped || !prf) return findKey(indexedDB, own.kid, officer, session);
  const key = await unwrapKey(own.wrapped, own.kid, place, prf);
  if (own.use === 'sig') await keepKey(indexedDB, { kid: own.kid, holder: officer, place: session, key });
  return key;
}
