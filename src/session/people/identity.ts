import type { Lowering } from './issuers/lowering.js';

/**
 * What an issuer says of who signed in (OpenID Connect Core 1.0, section 2). Sign-in ends here, whoever did it, and a session begins
 * with it: it brings identity and strength only; what the officer may do is the hub's record, which an issuer's claims can lower.
 *
 * Of the hub itself the subject is the account's id; of a national issuer it is what an enrolment linked to an account.
 */
export interface Identity {
  issuer: string;
  subject: string;
  acr: Strength;
  authTime: Date;
  lowering?: Lowering;
}

/**
 * How strong the sign-in was: `phr` resists phishing (a passkey; OpenID EAP ACR values), `aal2` two factors that do not,
 * `demonstration` one click in a fictional world.
 */
export type Strength = 'phr' | 'aal2' | 'demonstration';
