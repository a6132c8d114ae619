// The script of the hub's sign-in pages: asks the server, then the authenticator, then the server again.
const main = document.querySelector('main');
const status = document.querySelector('[role=status]');
const { csrf, working, cancelled, unsupported, unreachable, noLink, differ } = main.dataset;

/** A failure in words that its reader can act on. */
class Told extends Error {}

async function post(path, body = {}) {
  const headers = { 'content-type': 'application/json', 'accept-language': document.documentElement.lang };
  if (csrf) headers['x-liaison-csrf'] = csrf;
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new Told(unreachable);
  });
  const result = await answer.json().catch(() => ({ errors: [{ message: unreachable }] }));
  if (result.errors) throw new Told(result.errors[0].message);
  return result;
}

async function prove(path) {
  const options = await post(`${path}/options`);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  return post(path, { response: credential.toJSON() });
}

const acts = {
  'sign-in': () => prove('/sign-in'),
  'step-up': () => prove('/step-up'),
  enrol: async () => {
    const credential = await navigator.credentials.create({ publicKey: link.publicKey });
    return post('/enrol', { token: link.token, response: credential.toJSON() });
  },
  // The address is the issuer's, as the hub has it pinned.
  'enrol-with': ({ id }) => post('/enrol/with', { token: link.token, issuer: id }),
  'end-session': async ({ id, document: documentId }) => {
    await post('/graphql', { documentId, variables: { id } });
    return { next: '/account' };
  },
  post: ({ path, body = '{}' }) => post(path, JSON.parse(body)),
};

let isBusy = false;
async function run(act, data) {
  if (isBusy) return;
  isBusy = true;
  tell(working);
  try {
    const { next } = await act(data);
    // The language that was chosen goes along, but not to another site.
    location.assign(next.startsWith('/') ? next + location.search : next);
  } catch (error) {
    tell(sentenceOf(error), true);
    isBusy = false;
  }
}

function sentenceOf(error) {
  if (error instanceof Told) return error.message;
  // The browser gives one name to a refusal, a time-out and an authenticator without a fitting passkey.
  return error?.name === 'NotAllowedError' || error?.name === 'AbortError' ? cancelled : unsupported;
}

function tell(text, isError = false) {
  status.textContent = text;
  status.classList.toggle('error', isError);
}

for (const form of document.querySelectorAll('form[data-path]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { again, username: _, ...given } = Object.fromEntries(new FormData(form));
    if (again !== undefined && again !== given.password) return tell(differ, true);
    void run(() => post(form.dataset.path, { ...given, token: link.token }));
  });
}

function listen(button) {
  button.addEventListener('click', () => void run(acts[button.dataset.act], button.dataset));
}
for (const button of document.querySelectorAll('button[data-act]')) listen(button);

if (typeof PublicKeyCredential?.parseRequestOptionsFromJSON !== 'function' && main.dataset.needsPasskey) {
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

/** An enrolment link: its token leaves the address at once, so that neither history nor a glance keeps it. */
const link = { token: location.hash.slice(1), publicKey: undefined };
if (main.dataset.page === 'enrol') {
  const button = document.querySelector('[data-act=enrol]');
  history.replaceState(null, '', location.pathname + location.search);
  if (!link.token) tell(noLink, true);
  else {
    try {
      const { agency, title, options, issuers } = await post('/enrol/open', { token: link.token });
      document.querySelector('[data-enrollee]').textContent = `${title} (${agency})`;
      const fallback = document.querySelector('[data-enrol-password]');
      fallback.hidden = false;
      fallback.addEventListener('toggle', () => fallback.open && void offerPassword());
      for (const { id, name } of issuers) offer(id, name);
      link.publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      button.hidden = false;
      button.focus();
    } catch (error) {
      tell(sentenceOf(error), true);
    }
  }
}
