import type { Answer, Party } from './hub.js';

/** An administration that is not on the hub; the country and the name are fictional ones of tests. */
export const aPartner = (changes: object = {}): object => ({
  nameEn: 'Customs of Elbonia',
  nameVi: 'Hải quan Elbonia',
  country: 'BN',
  language: 'en',
  ...changes,
});

/** A request that came by post. */
export const aLetter = (partner: string, changes: object = {}): object => ({
  direction: 'IN',
  kind: 'REQUEST',
  partner,
  medium: 'POST',
  dated: '2026-01-05',
  at: '2026-01-08T02:15:00Z',
  subject: 'Verification of an invoice',
  ...changes,
});

/** What is written of that letter, as a correction says it anew. */
export const someDetails = (changes: object = {}): object => ({
  medium: 'POST',
  dated: '2026-01-05',
  at: '2026-01-08T02:15:00Z',
  subject: 'Verification of an invoice',
  ...changes,
});

const LETTER = `id assurance ref nationalRef partnerRef direction medium kind state dated at subject summary urgency classification agreement
  article assistanceType answerKind ground expectedAt inReplyTo unit hasScan answeredAt closedAt closedAs closedBecause`;

export const KEEP_PARTNER =
  'mutation($id: ID, $input: OutsidePartnerInput!) { keepOutsidePartner(id: $id, input: $input) { id nameEn nameVi country } }';
export const REGISTER = `mutation($input: LetterInput!) { registerLetter(input: $input) { ${LETTER} partner { id nameEn } } }`;
export const CORRECT = `mutation($id: ID!, $input: LetterDetailsInput!, $reason: String!) {
  correctLetter(id: $id, input: $input, reason: $reason) { ${LETTER} } }`;
export const CLOSE = `mutation($id: ID!, $as: LetterClosing!, $reason: String!) { closeLetter(id: $id, as: $as, reason: $reason) { ${LETTER} } }`;
export const READ = `query($id: ID!) { letter(id: $id) { ${LETTER} partner { id nameEn } matterLetters { id kind }
  steps { act byUnit byOfficer note changes { field before } } } }`;

export interface Letter {
  id: string;
  ref: string;
  state: string;
  answeredAt: string | null;
  [field: string]: unknown;
}

async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, errors } = await answer;
  if (errors) throw new Error(JSON.stringify(errors));
  return data!;
}

/** Writes down an administration of its own. */
export async function keepPartner(party: Party, changes: object = {}): Promise<string> {
  const input = aPartner({ nameEn: `Customs ${Math.random()}`, ...changes });
  const { keepOutsidePartner } = await dataOf(
    party.ask<{ keepOutsidePartner: { id: string } }>(KEEP_PARTNER, { input }),
  );
  return keepOutsidePartner.id;
}

export async function register(party: Party, partner: string, changes: object = {}): Promise<Letter> {
  const input = aLetter(partner, changes);
  return (await dataOf(party.ask<{ registerLetter: Letter }>(REGISTER, { input }))).registerLetter;
}

export async function correct(party: Party, id: string, changes: object = {}, reason = 'Misread.'): Promise<Letter> {
  const variables = { id, input: someDetails(changes), reason };
  return (await dataOf(party.ask<{ correctLetter: Letter }>(CORRECT, variables))).correctLetter;
}

export async function close(party: Party, id: string, as: string, reason = 'By telephone.'): Promise<Letter> {
  return (await dataOf(party.ask<{ closeLetter: Letter }>(CLOSE, { id, as, reason }))).closeLetter;
}

export async function read(party: Pick<Party, 'ask'>, id: string): Promise<Letter> {
  return (await dataOf(party.ask<{ letter: Letter }>(READ, { id }))).letter;
}
