import { type Code, codeList } from '../common/codes/code-list.js';
import type { ConsentAct, ConsentSide, ConsentState } from './consent-states.js';

export const ConsentUse = codeList('ConsentUse', 'What a provider is asked to allow.', {
  ONWARD: 'To pass the object on to one more agency or unit, which is named.',
  EVIDENCE: 'To use the content as evidence.',
  OTHER_PURPOSE: 'To use the content for another purpose than the one it was sent for.',
  PUBLICITY: 'To make the content public.',
  DECLASSIFY: 'To lower or remove the protective marking.',
});
export type ConsentUse = Code<typeof ConsentUse>;

export const ConsentStepKind = codeList('ConsentStepKind', 'What one object of a consent says.', {
  ASK: 'Asks for consent.',
  GRANT: 'Gives it, with or without conditions.',
  DENY: 'Refuses it.',
  REVOKE: 'Takes it back for the future.',
});
export type ConsentStepKind = Code<typeof ConsentStepKind>;

export const ConsentStates = codeList('ConsentState', 'Where a consent stands.', {
  ASKED: 'The provider has been asked.',
  GRANTED: 'The provider has consented.',
  GRANTED_WITH_CONDITIONS: 'The provider has consented under conditions.',
  DENIED: 'The provider has refused.',
  REVOKED: 'The provider has taken its consent back: nothing more may be done on its strength.',
  EXPIRED: 'The provider was silent until the time was over, which is a refusal; or the time of its consent is over.',
} satisfies Record<ConsentState, string>);

export const ConsentActs = codeList('ConsentAct', 'What one object does in a consent.', {
  ASK: 'Asks the provider.',
  GRANT: 'Consents.',
  GRANT_WITH_CONDITIONS: 'Consents under conditions.',
  DENY: 'Refuses.',
  REVOKE: 'Takes the consent back for the future.',
} satisfies Record<ConsentAct, string>);

export const ConsentSides = codeList('ConsentSide', 'Whose part in a consent it is.', {
  ASKER: 'The agency that asks.',
  PROVIDER: 'The agency that sent what is asked about.',
} satisfies Record<ConsentSide, string>);
