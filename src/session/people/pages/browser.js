// The script of the hub's sign-in pages: asks the server, then the authenticator, then the server again.
export const main = document.querySelector('main');
const status = document.querySelector('[role=status]');
let { csrf } = main.dataset;
const { working, cancelled, unsupported, unexpected, unreachable, noLink, differ } = main.dataset;
/** What stands in an enrolment link's address, what the hub gave for it and when, and the passkey that was made for it. */
const link = { token: location.hash.slice(1) };
/** The hub forgets what it gave after five minutes. */
const OPEN_MS = 240_000;

/** A failure in words that its reader can act on; the hub's code, and what is wrong at each field, where it was the hub's. */
export class Told extends Error {
  constructor(message, { code, problems = [] } = {}) {
    super(message);
    this.code = code;
    this.problems = problems;
  }
}

/** What comes over the line, or the sentence that it did not come. */
function reached(coming) {
  return coming.catch(() => {
    throw new Told(unreachable);
  });
}

export async function post(path, body = {}, proof = csrf) {
  const headers = { 'content-type': 'application/json', 'accept-language': document.documentElement.lang };
  if (proof) headers['x-liaison-csrf'] = proof;
  const answer = await reached(fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
  const result = await answer.json().catch(() => ({ errors: [{ message: unreachable }] }));
  const [error] = result.errors ?? [];
  if (error) throw new Told(error.message, error.extensions);
  return result;
}

const documents = JSON.parse(main.dataset.documents);
/** Asks one of the console's documents (web/documents) by the name of its operation; what needs the passkey again asks for it. */
export async function ask(operation, variables = {}, proof = csrf) {
  const request = { documentId: documents[operation], variables };
  try {
    return (await post('/graphql', request, proof)).data;
  } catch (error) {
    if (error.code !== 'STEP_UP_REQUIRED' || !(await stepUp())) throw error;
    return (await post('/graphql', request)).data;
  }
}

/** Confirms with the passkey in place, after which the session has another proof. False for who signed in without one. */
async function stepUp() {
  const options = await post('/step-up/options');
  if (!options.allowCredentials?.length) return false;
  await prove('/step-up', options);
  const session = await reached(fetch('/session'));
  csrf = (await reached(session.json())).csrf;
  return true;
}

async function prove(path, given) {
  const options = given ?? (await post(`${path}/options`));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const { PRF_INPUT } = await reached(import('../../../protocol/browser/wrapped-key.js'));
  publicKey.extensions = { prf: { eval: { first: PRF_INPUT } } };
  const credential = await navigator.credentials.get({ publicKey });
  const prf = credential.getClientExtensionResults().prf?.results?.first;
  // What the extension gave opens the officer's signing key: it stays here.
  const response = { ...credential.toJSON(), clientExtensionResults: {} };
  return { ...(await post(path, { response })), prf: prf && new Uint8Array(prf), credential: credential.id };
}

/** Opens the officer's signing key with the touch of the sign-in, for the length of the session. Without one there is nothing to open. */
async function unlock({ prf, credential }) {
  if (!prf) return;
  const { id: session, csrf: proof } = await (await fetch('/session')).json();
  const { me, myKeys } = await ask('MyKeys', {}, proof);
  const { unwrapKey } = await import('../../../protocol/browser/wrapped-key.js');
  const { keepKey } = await import('../../../protocol/browser/key-store.js');
  for (const key of myKeys) {
    if (key.credential !== credential || key.state !== 'IN_FORCE' || key.use !== 'sig') continue;
    const opened = await unwrapKey(key.wrapped, key.kid, me, prf);
    await keepKey(indexedDB, { kid: key.kid, holder: me.officer, place: session, key: opened });
  }
}

export const acts = {
  'sign-in': async () => {
    const answer = await prove('/sign-in');
    await dropKeys().catch(() => undefined);
    await unlock(answer).catch(() => undefined);
    return answer;
  },
  'step-up': () => prove('/step-up'),
  enrol: async () => {
    const wasSent = link.response !== undefined;
    if (!wasSent) {
      if (Date.now() - link.openedAt > OPEN_MS) await open();
      const credential = await navigator.credentials.create({ publicKey: link.publicKey });
      link.response = credential.toJSON();
    }
    const answer = await post('/enrol', { token: link.token, response: link.response }).catch((error) => {
      // Without the hub's answer the passkey may be there: it is shown again. Another would take its place on the device, not at the hub.
      if (error.code === undefined) throw error;
      link.response = undefined;
      if (!wasSent || error.code !== 'FORBIDDEN') throw error;
      return { next: '/sign-in', waits: link.adds };
    });
    if (!answer.waits) return answer;
    document.querySelector('[data-act=enrol]').hidden = true;
    return { said: main.dataset.added };
  },
  // The address is the issuer's, as the hub has it pinned.
  'enrol-with': ({ id }) => post('/enrol/with', { token: link.token, issuer: id }),
  'link-passkey': async () => {
    const device = document.querySelector('[name=device]').value.trim();
    const { address, qrCode } = (await ask('LinkPasskey', { device })).linkPasskey;
    draw(qrCode);
    document.querySelector('[data-place=address]').textContent = address;
    document.querySelector('[data-place=link]').hidden = false;
    return {};
  },
  'approve-passkey': async ({ id }) => {
    await ask('ApprovePasskey', { id });
    return { next: '/account' };
  },
  'remove-passkey': async ({ id, sure }) => {
    if (!confirm(sure)) return {};
    await ask('RemovePasskey', { id });
    return { next: '/account' };
  },
  'end-session': async ({ id }) => {
    await ask('EndSession', { id });
    return { next: '/account' };
  },
  post: async ({ path, body = '{}' }) => {
    // Keys go first: the hub's answer may be lost, or the session be over already.
    if (path === '/sign-out') await dropKeys().catch(() => undefined);
    return post(path, JSON.parse(body));
  },
};

/** What a session opened goes with it; keys that this browser itself keeps stay. */
async function dropKeys() {
  const { dropOthers } = await import('../../../protocol/browser/key-store.js');
  await dropOthers(indexedDB, null);
}

/** Draws a QR code: only the shape is taken out of the image that came. */
export function draw(image) {
  const drawing = document.querySelector('[data-qr]');
  drawing.setAttribute('viewBox', /viewBox="([\d ]+)"/.exec(image)[1]);
  drawing.firstElementChild.setAttribute('d', /<path[^>]* d="([\w ,.-]+)"/.exec(image)[1]);
}

let isBusy = false;
async function run(act, data) {
  if (isBusy) return;
  isBusy = true;
  main.ariaBusy = 'true';
  tell(working);
  try {
    const { next, said } = await act(data);
    if (next) return location.assign(next);
    tell(said ?? '');
    rest();
  } catch (error) {
    tell(sentenceOf(error), true);
    rest();
  }
  return undefined;
}

function rest() {
  isBusy = false;
  main.ariaBusy = 'false';
}

function sentenceOf(error) {
  if (error instanceof Told) return error.message;
  // The browser gives one name to a refusal, a time-out and an authenticator without a fitting passkey.
  if (error?.name === 'NotAllowedError' || error?.name === 'AbortError') return cancelled;
  const canTouch = 'PublicKeyCredential' in window;
  if (!canTouch || ['NotSupportedError', 'SecurityError', 'InvalidStateError'].includes(error?.name))
    return unsupported;
  return `${unexpected} (${error?.sub ?? error?.name ?? error})`;
}

export function tell(text, isError = false) {
  status.textContent = text;
  status.classList.toggle('error', isError);
  if (isError) status.scrollIntoView({ block: 'nearest' });
}

for (const form of document.querySelectorAll('form[data-path]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { again, username: _, ...given } = Object.fromEntries(new FormData(form));
    if (again !== undefined && again !== given.password) return tell(differ, true);
    void run(() => post(form.dataset.path, { ...given, token: link.token }));
  });
}

export function listen(button) {
  button.addEventListener('click', () => void run(acts[button.dataset.act] ?? notYet, button.dataset));
}
for (const button of document.querySelectorAll('button[data-act]')) listen(button);

/** The page's own script is still on its way. */
function notYet() {
  throw new Told(unreachable);
}

// Some browsers within programs have none of it; a password and an administration's own sign-in work there all the same.
if (typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== 'function' && main.dataset.needsPasskey) {
  tell(unsupported, true);
}

/** Another way to use an enrolment link: the administration's own sign-in. */
function offer(id, name) {
  const button = document.querySelector('template[data-issuer]').content.firstElementChild.cloneNode(true);
  button.dataset.id = id;
  button.querySelector('span').textContent = name;
  document.querySelector('.acts').append(button);
  listen(button);
}

/** Asks for the name and the codes' secret that go with this link, and shows them. */
async function offerPassword() {
  try {
    const { name, secret, qr } = await post('/enrol/password/options', { token: link.token });
    const drawing = document.querySelector('[data-qr]');
    drawing.setAttribute('viewBox', `0 0 ${qr.size} ${qr.size}`);
    drawing.firstElementChild.setAttribute('d', qr.path);
    for (const [mark, value] of Object.entries({ name, secret })) {
      const line = document.querySelector(`[data-${mark}]`);
      line.textContent = line.dataset[mark].replace('{}', value);
    }
    document.querySelector('[name=username]').value = name;
  } catch (error) {
    tell(sentenceOf(error), true);
  }
}

/** Asks the hub for what belongs to the link, and notes what a passkey is made from. */
async function open() {
  const opened = await post('/enrol/open', { token: link.token });
  link.openedAt = Date.now();
  link.adds = opened.adds !== null;
  link.publicKey = globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON?.(opened.options);
  return opened;
}

/** Once the hub has answered, the token leaves the address, so that neither history nor a glance keeps it; until then the page can be loaded again. */
function hideToken() {
  history.replaceState(null, '', location.pathname + location.search);
}

/** The same page in the other language, which is loaded anew, opens the same link. */
function keepTokenInLinks() {
  for (const other of document.querySelectorAll('a[hreflang]')) other.hash = link.token;
}

// What an earlier session opened in this browser is not for the next officer, by whichever way that one signs in.
if (main.dataset.page === 'sign-in') void dropKeys().catch(() => undefined);

if (main.dataset.page === 'enrol') {
  const button = document.querySelector('[data-act=enrol]');
  if (!link.token) tell(noLink, true);
  else {
    try {
      const { agency, title, issuers, adds } = await open();
      hideToken();
      keepTokenInLinks();
      document.querySelector('[data-enrollee]').textContent = `${title} (${agency})`;
      const fallback = document.querySelector('[data-enrol-password]');
      fallback.hidden = adds !== null;
      document.querySelector('[data-replaces]').hidden = adds !== null;
      document.querySelector('[data-adds]').hidden = adds === null;
      fallback.addEventListener('toggle', () => fallback.open && void offerPassword());
      for (const { id, name } of issuers) offer(id, name);
      if (!link.publicKey) tell(unsupported, true);
      button.hidden = !link.publicKey;
      button.focus();
    } catch (error) {
      if (error.code !== undefined) hideToken();
      tell(sentenceOf(error), true);
    }
  }
}
