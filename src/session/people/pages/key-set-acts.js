// What an administrator does on the signing page with an enrolment key: each act is the next key set, drawn up and signed in this browser.
import { challengeOf } from '../../../protocol/browser/touch.js';
import { admitting, newestSet, readColleaguesSet, revoking, signSet } from '../../../protocol/browser/admission.js';
import { acts, ask, main, Told } from './browser.js';
import { find, now, open, place } from './own-keys.js';

const { hub, agency, officer } = main.dataset;
const ROOTS = `liaison-key-sets ${hub} ${agency}`;
const here = { next: '/signing' };

acts.admit = async ({ kid }) => {
  const { waitingKeys } = await ask('WaitingKeys');
  const waiting = waitingKeys.find((key) => key.kid === kid);
  // A colleague was first, or the answer to the last try was lost.
  if (!waiting) return here;
  return change((newest, time) => admitting(newest, { ...waiting, jwk: JSON.parse(waiting.jwk) }, time));
};

acts.revoke = ({ kid, reason }) => change((newest, time) => revoking(newest, kid, reason, time));

/** Signs what is drawn up from the newest set, and publishes it; where two administrators must sign, the first hands it on. */
async function change(drawUp) {
  const newest = await newestKnown();
  if (!newest) return compare();
  const time = now();
  const draft = drawUp(newest, time);
  if (!draft) return here;
  const keySet = await signWithTouch(draft, newest, time);
  if (newest.enrolThreshold === 1) return publish(keySet);
  find('[name=signed]').value = keySet;
  find('[data-place=hand-on]').hidden = false;
  find('[data-place=hand-on]').scrollIntoView({ block: 'center' });
  return { said: texts.handOn };
}

async function signWithTouch(draft, newest, time) {
  const { kid, key } = await open('enrol', challengeOf(draft.digest), false);
  const signer = newest.keys.find((each) => each.kid === kid);
  return signSet(draft, signer, key, time);
}

async function publish(keySet) {
  await ask('PublishKeySet', { keySet });
  return here;
}

const remembered = () => JSON.parse(localStorage.getItem(ROOTS) ?? 'null');
const remember = (known) => localStorage.setItem(ROOTS, JSON.stringify(known));

/** The newest set of the agency's chain from the roots that were compared; null as long as none were. */
async function newestKnown() {
  const known = remembered();
  if (!known) return null;
  const newest = await newestSet({ ...place, texts: await chain(), known }).catch((error) => {
    if (error.sub === 'KEYSET_ROOT') throw new Told(main.dataset.otherRoots);
    throw error.sub === 'KEYSET_SEQ' ? new Told(main.dataset.olderSet) : error;
  });
  remember({ rootKids: known.rootKids, newest: { seq: newest.seq, digest: newest.digest } });
  return newest;
}

const MOST_SETS = 10_000;

/** The agency's key sets, page by page; a hub that gives the same again and again is not asked for ever. */
async function chain() {
  const texts = [];
  while (texts.length < MOST_SETS) {
    const { keySets } = await ask('KeySets', { agency, after: texts.length });
    if (keySets.length === 0 || texts.includes(keySets[0])) break;
    texts.push(...keySets);
  }
  return texts;
}

/** The first time the administrator compares the roots; the next press of the button relies on it. */
async function compare() {
  const { readKeySet } = await import('../../../protocol/key-set.js');
  const texts = await chain();
  // Who looks at these roots is shown none of a chain that does not hold.
  await newestSet({ ...place, texts, known: null });
  const { rootKids } = await readKeySet(texts[0], { hub });
  remember({ rootKids });
  const roots = find('[data-place=roots]');
  roots.textContent = `${main.dataset.roots} ${rootKids.join(', ')}`;
  roots.hidden = false;
  roots.scrollIntoView({ block: 'center' });
  return { said: roots.textContent };
}

const colleague = find('[data-place=colleague]');
const texts = colleague?.dataset;
const pasted = find('[name=colleagues]');
/** What was read: the newest set, and the one that a colleague signed to follow it. */
let read = null;

function forget() {
  read = null;
  find('[data-place=changes]').hidden = true;
  find('[data-act=sign-set]').hidden = true;
}
pasted?.addEventListener('input', forget);

/** Why a colleague's set is not signed, by the protocol's code. */
const REFUSALS = {
  KEYSET_SEQ: 'notNext',
  KEYSET_PREV: 'notNext',
  IAT: 'tooOld',
  KEY_EXPIRED: 'tooOld',
  KEY_REVOKED: 'tooOld',
  KEYSET_ENROL: 'moreChanges',
  KEY_KIND: 'moreChanges',
};

/** Says in words what a colleague's set changes, from the very text, and offers to sign it. */
acts['read-set'] = async () => {
  forget();
  const newest = await newestKnown();
  if (!newest) return compare();
  const set = await readColleaguesSet(newest, pasted.value.trim(), now()).catch((error) => {
    throw error.sub ? new Told(texts[REFUSALS[error.sub] ?? 'notASet']) : error;
  });
  if (set.signedBy.includes(officer)) throw new Told(texts.signedAlready);
  show(set);
  read = { newest, set };
  find('[data-act=sign-set]').hidden = false;
  find('[data-act=sign-set]').focus();
  return {};
};

/** A sentence of the page with its {placeholders} filled in. */
const filled = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);

function show({ signedBy, added, revoked }) {
  const { lang } = document.documentElement;
  const day = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { dateStyle: 'medium', timeZone: 'UTC' });
  const on = (seconds) => day.format(new Date(seconds * 1000));
  const lines = [
    ...added.map(({ kid, holder, kinds, nbf, exp }) => [
      filled(texts.added, { officer: holder, kinds: kinds.join(', '), since: on(nbf), until: on(exp) }),
      kid,
    ]),
    ...revoked.map(({ kid, holder, revoked: { reason, invalidFrom } }) => [
      filled(texts.revoked, { officer: holder, reason: texts[reason], since: on(invalidFrom) }),
      kid,
    ]),
  ];
  const changes = find('[data-place=changes]');
  changes.querySelector('p').textContent = filled(texts.signedBy, { officers: signedBy.join(', ') });
  changes.querySelector('ul').replaceChildren(
    ...lines.map(([sentence, kid]) => {
      const [item, said, id] = ['li', 'span', 'small'].map((name) => document.createElement(name));
      id.textContent = kid;
      said.append(sentence, id);
      item.append(said);
      return item;
    }),
  );
  changes.hidden = false;
}

/** The second signature, beside the colleague's, with a touch for this very set. */
acts['sign-set'] = async () => {
  const { newest, set } = read;
  return publish(await signWithTouch(set, newest, now()));
};
