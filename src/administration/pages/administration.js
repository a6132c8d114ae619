// The script of the administrators' page: each button asks one document; what waits and what was done stands in the page itself.
import { acts, ask, draw, Told } from '../../session/people/pages/browser.js';

const find = (selector) => document.querySelector(selector);
const again = { next: '/administration' };

/** The document that the button names, with its variables, after the question that it has. */
acts.administer = async ({ operation, variables, sure }) => {
  if (sure && !confirm(sure)) return {};
  await ask(operation, JSON.parse(variables));
  return again;
};

/** The link cannot be asked for again, so it stays until the administrator goes on. */
acts.admit = async ({ id }) => {
  const { address, qrCode } = (await ask('ApproveAdmission', { id })).approveAdmission;
  draw(qrCode);
  find('[data-place=address]').textContent = address;
  find('[data-place=link]').hidden = false;
  find(`[data-act=admit][data-id="${id}"]`).closest('li').remove();
  find('[data-place=link]').scrollIntoView({ block: 'center' });
  find('[data-place=link] a').focus({ preventScroll: true });
  return {};
};

acts.appoint = async () => {
  const form = find('[name=appoint]');
  if (!form.reportValidity()) return {};
  const given = new FormData(form);
  const until = find('[name=validUntil]').value;
  const input = {
    ...Object.fromEntries(['unit', 'titleEn', 'titleVi', 'clearance'].map((name) => [name, given.get(name).trim()])),
    roles: given.getAll('roles'),
    maySeeNominal: given.has('maySeeNominal'),
    validUntil: until ? `${until}T00:00:00Z` : null,
  };
  await ask('AppointOfficer', { input }).catch((error) => {
    throw error.problems?.length ? new Told(error.problems.map((problem) => atField(form, problem)).join('; ')) : error;
  });
  return again;
};

/** What is wrong, after the name that the field has on the page. */
function atField(form, { pointer, message }) {
  const named = form.querySelector(`[name="${pointer.split('/')[2]}"]`);
  const place = named?.closest('fieldset') ?? named?.closest('label');
  return place ? `${place.firstChild.textContent}: ${message}` : message;
}
