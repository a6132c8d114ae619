// The script of the signing page: what is shown and signed comes from the very bytes of the text, and the key never leaves the browser.
import { dropOthers, keepKey, DEVICE } from '../../../protocol/browser/key-store.js';
import { challengeOf, touch } from '../../../protocol/browser/touch.js';
import { provePossession } from '../../../protocol/keys.js';
import { makeKey } from '../../../protocol/browser/wrapped-key.js';
import { readForSigning, readParts, signShown } from '../../../protocol/browser/signing-dialog.js';
import { assemble } from '../../../protocol/signing.js';
import { parseCanonical } from '../../../protocol/canonical.js';
import { decodeBase64url } from '../../../protocol/base64url.js';
import { decodeUtf8 } from '../../../protocol/utf8.js';
import { acts, ask, listen, main, tell, Told } from './browser.js';
import { find, now, open, openWith, ownKeys, place } from './own-keys.js';
import './key-set-acts.js';

const { officer, session } = main.dataset;

// Whoever was here before may have gone without signing out.
void dropOthers(indexedDB, session).catch(() => undefined);

const anyChallenge = () => crypto.getRandomValues(new Uint8Array(32));

acts.make = async ({ use }) => {
  const touched = await touch(navigator, anyChallenge(), []);
  await request(use, touched, find('[name=device]').value.trim() || '–');
  return { next: '/signing' };
};

/** Makes a key with this touch and asks for it; its id. */
async function request(use, touched, device) {
  const made = await makeKey(place, use, touched.prf);
  const input = {
    jwk: JSON.stringify(made.jwk),
    use,
    proof: made.proof,
    kinds: main.dataset.kinds.split(' '),
    device,
    wrapped: made.wrapped,
    credential: made.wrapped && touched.credentialId,
  };
  const kept = { kid: made.kid, holder: officer, key: made.privateKey };
  // Before the hub knows of it: an answer that is lost on the way must not cost the only private half.
  if (!made.wrapped) await keepKey(indexedDB, { ...kept, place: DEVICE });
  else if (use === 'sig') await keepKey(indexedDB, { ...kept, place: session });
  await ask('RequestKey', { input });
  return made.kid;
}

/** A new key in time before this one ends, approved by it with the same touch; the old one stays until it is over. */
acts.renew = async ({ kid }) => {
  const old = (await ownKeys('sig')).find((key) => key.kid === kid);
  const touched = await touch(navigator, anyChallenge(), old.credential ? [old.credential] : []);
  const key = await openWith(old, touched);
  if (!key) throw new Told(main.dataset.notThisDevice);
  await approve(await request('sig', touched, old.device), kid, key);
  return { next: '/signing' };
};

/** Approves the key of a further device with the one that signs here. */
acts.approve = async ({ kid }) => {
  const { kid: by, key } = await open('sig', anyChallenge(), false);
  await approve(kid, by, key);
  return { next: '/signing' };
};

async function approve(kid, by, key) {
  const proof = await provePossession(key, { ...place, use: 'sig', kid: by, admits: kid });
  await ask('ApproveKey', { kid, by, proof });
}

acts.block = async ({ kid, sure }) => {
  if (!confirm(sure)) return {};
  await ask('BlockKey', { kid });
  return { next: '/signing' };
};

/** What is to be signed: a composition, or what another officer has signed and handed on. */
let given = null;

/** What was pasted: one text, or the file of the command line with one for each addressee; those that were refused have none. */
async function readPasted(value) {
  const pasted = JSON.parse(value);
  const texts = pasted.kind === 'compositions' ? pasted.compositions.filter(({ text }) => text !== null) : [pasted];
  return Promise.all(texts.map(read));
}

async function read({ text, object, parts = [], tier = 'T1', signing = [] }) {
  const exact = object ? opened(object) : { text, signatures: [] };
  const shown = readForSigning(exact.text, place);
  const lines = [...shown.lines, ...(await readParts(shown.envelope.parts, parts))];
  return { shown, lines, ...exact, parts, tier, signing };
}

/** The text that a signed object carries, and its signatures. */
function opened(object) {
  const { payload, signatures } = parseCanonical(new TextEncoder().encode(object));
  return { text: decodeUtf8(decodeBase64url(payload)), signatures };
}

function show({ shown, lines }) {
  const list = find('.shown');
  list.replaceChildren(
    ...lines.flatMap(({ path, value }) => {
      const [term, description] = [document.createElement('dt'), document.createElement('dd')];
      term.textContent = path;
      description.textContent = value;
      return [term, description];
    }),
  );
  find('[data-place=summary]').textContent = shown.digest;
}

const composed = find('[name=composed]');
const which = find('[name=which]');
/** The texts of what was pasted. */
let texts = [];

async function take() {
  const { value } = composed;
  const read = await readPasted(value).catch(() => []);
  // Something else has been pasted since.
  if (value !== composed.value) return;
  texts = read;
  which.replaceChildren(...texts.map(({ shown }, index) => new Option(shown.envelope.to.join(', '), index)));
  find('[data-place=which]').hidden = texts.length < 2;
  choose(0);
  if (given === null && value.trim()) tell(main.dataset.notReadable, true);
}

/** Shows one of them. Who may not send signs only what another officer will. */
function choose(index) {
  given = texts[index] ?? null;
  if (given) show(given);
  const isMine = given !== null && (main.dataset.sends !== '' || isForAnother(given));
  tell(given && !isMine ? main.dataset.noReleaser : '', given !== null && !isMine);
  find('[data-place=hand-on]').hidden = true;
  find('[data-place=shown]').hidden = given === null;
  find('[data-act=sign]').hidden = !isMine;
  find('[data-act=confirm]').hidden = true;
}

/** Whether another officer is to sign as well, and sends it. */
function isForAnother({ shown: { envelope } }) {
  return envelope.releasedBy !== null && envelope.releasedBy !== officer;
}

composed?.addEventListener('input', () => void take());
which?.addEventListener('change', () => choose(which.value));
// What was pasted before this script had come counts as well.
if (composed?.value) void take();

/** When the hub said that the signature will have been made, if it said so for this key. */
function timeFor(kid, { signing }) {
  const request = signing.find((each) => each.kid === kid);
  return request ? parseCanonical(decodeBase64url(request.protected)).iat : now();
}

acts.sign = async () => {
  const chosen = given;
  const { shown, text, signatures, parts, tier } = chosen;
  const { kid, key, assertion } = await open('sig', challengeOf(shown.digest), tier === 'T0');
  const object = assemble(text, [...signatures, await signShown(shown, key, kid, timeFor(kid, chosen))]);
  if (isForAnother(chosen)) {
    find('[name=signed]').value = JSON.stringify({ object, parts, tier });
    find('[data-place=hand-on]').hidden = false;
    return { said: main.dataset.handOn };
  }
  const { submit } = await ask('Submit', { object, parts, assertion });
  return { said: `${main.dataset.sent} ${submit.id}` };
};

const owed = find('[data-place=owed]');
/** What colleagues sent alone, the first due first. */
async function listOwed() {
  const { owedConfirmations } = await ask('OwedConfirmations');
  const { lang } = document.documentElement;
  const when = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  for (const { id, ref, sentBy, dueAt } of owedConfirmations) {
    const line = find('template[data-owed]').content.firstElementChild.cloneNode(true);
    line.querySelector('strong').textContent = ref ?? id;
    const words = { officer: sentBy, due: when.format(new Date(dueAt)) };
    line.querySelector('small').textContent = owed.dataset.line.replace(/\{(\w+)\}/g, (_, name) => words[name]);
    const button = line.querySelector('button');
    button.dataset.id = id;
    listen(button);
    owed.append(line);
  }
  find('[data-place=none-owed]').hidden = owedConfirmations.length > 0;
}
if (owed)
  await listOwed().catch((error) => tell(error instanceof Told ? error.message : main.dataset.unreachable, true));

/** Shows what a colleague signed, from the very bytes, and offers to confirm it. */
acts['read-owed'] = async ({ id }) => {
  const { text, parts } = (await ask('OpenObject', { id })).object;
  const read = await readOwed(text, parts);
  if (read.shown.envelope.id !== id) throw new Told(main.dataset.notReadable);
  composed.value = '';
  await take();
  given = read;
  show(given);
  find('[data-place=shown]').hidden = false;
  find('[data-act=confirm]').hidden = false;
  find('[data-place=shown]').scrollIntoView({ block: 'start' });
  find('[data-act=confirm]').focus({ preventScroll: true });
  return {};
};

/** What the hub withholds of it is named. */
async function readOwed(object, parts) {
  const shown = readForSigning(opened(object).text, place);
  const withheld = new Set(parts.filter((part) => part.text === null).map(({ name }) => name));
  const quoted = shown.envelope.parts.filter(({ name }) => !withheld.has(name));
  const lines = await readParts(
    quoted,
    parts.filter(({ name }) => !withheld.has(name)),
  );
  const missing = [...withheld].map((name) => ({ path: `parts/${name}`, value: main.dataset.withheld }));
  return { shown, lines: [...shown.lines, ...lines, ...missing] };
}

/** The second signature, with a touch for this very object. */
acts.confirm = async () => {
  const { shown } = given;
  const { kid, key, assertion } = await open('sig', challengeOf(shown.digest), false);
  const signature = await signShown(shown, key, kid, now());
  await ask('ConfirmObject', { id: shown.envelope.id, signature, assertion });
  return { next: '/signing' };
};
