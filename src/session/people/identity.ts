/**
 * What an issuer says of who signed in (OpenID Connect Core 1.0, section 2). Sign-in ends here, whoever did it, and a session begins
 * with it: it brings identity and strength only; what the officer may do is the hub's record.
 *
 * Today there is one issuer, the hub itself, and the subject is the account's id.
 */
export interface Identity {
  issuer: string;
  subject: string;
  acr: Strength;
  authTime: Date;
}

/**
 * How strong the sign-in was: `phr` resists phishing (a passkey; OpenID EAP ACR values), `aal2` two factors that do not,
 * `demonstration` one click in a fictional world.
 */
export type Strength = 'phr' | 'aal2' | 'demonstration';
