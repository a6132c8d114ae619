import { Injectable, Logger } from '@nestjs/common';
import {
  type AuthenticationExtensionsClientInputs,
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Pool, PoolClient } from 'pg';
import { Unauthenticated } from '../../common/errors.js';
import type { HubIdentity } from '../../common/hub-identity.js';
import { type ChallengeHolder, type Challenges, spendChallenge } from './challenges.js';
import type { UsedLink } from './enrolment-links.js';

/** COSE algorithms (RFC 9053): EdDSA and ES256. */
const ALGORITHMS = [-8, -7];
/** Asks for a passkey that can also derive a key (section 10.1.4): under it the officer's own signing key is wrapped. */
const PRF = { prf: {} } as AuthenticationExtensionsClientInputs;
/** At most 1023 bytes (WebAuthn level 3, section 4). */
export const CREDENTIAL_ID = /^[A-Za-z0-9_-]{1,1364}$/;
/** How an authenticator can be reached (section 5.8.4); others are not remembered. */
const TRANSPORTS: readonly string[] = ['ble', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

interface Passkey {
  accountId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
}

/**
 * Passkeys (WebAuthn level 3) of officers. The authenticator must have recognised its user (PIN, finger, face), so that one passkey is
 * two factors and cannot be phished. Why an answer was refused is for the operator alone.
 */
@Injectable()
export class Passkeys {
  private readonly logger = new Logger('SignIn');
  private readonly origin: string;
  private readonly rpId: string;

  constructor(
    private readonly pool: Pool,
    private readonly challenges: Challenges,
    hub: HubIdentity,
  ) {
    const url = new URL(hub.publicUrl);
    this.origin = url.origin;
    this.rpId = url.hostname;
  }

  /** What the browser is asked for to prove who its user is; of one account when it is known. */
  async requestOptions(holder: ChallengeHolder, accountId?: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.rpId,
      challenge: this.challenges.issue(holder),
      userVerification: 'required',
      ...(accountId === undefined ? {} : { allowCredentials: await this.credentialsOf(accountId) }),
    });
  }

  /** What the browser is asked for to make a passkey; `isFurther`: at a device that has none of this account yet. */
  async creationOptions(
    holder: ChallengeHolder,
    account: { id: string; name: string },
    isFurther: boolean,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      ...(isFurther ? { excludeCredentials: await this.credentialsOf(account.id) } : {}),
      rpName: 'Liaison Hub',
      rpID: this.rpId,
      userName: account.name,
      userDisplayName: account.name,
      userID: new TextEncoder().encode(account.id),
      challenge: this.challenges.issue(holder),
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
      extensions: PRF,
    });
  }

  /**
   * The account that answered, and that its challenge has been spent in this transaction. Throws Unauthenticated for anything but a
   * good answer of a known passkey to this holder's challenge, with the user recognised and the counter moved on.
   */
  async verify(tx: PoolClient, response: AuthenticationResponseJSON, holder: ChallengeHolder): Promise<string> {
    const { accountId } = await this.check(tx, response, (challenge) => this.challenges.isGood(challenge, holder));
    await this.spend(tx, response.response.clientDataJSON);
    return accountId;
  }

  /**
   * The public key (COSE) of the passkey of this account that answered to this very challenge, which says what it is for. Throws
   * Unauthenticated like `verify`.
   */
  async verifyFor(
    tx: PoolClient,
    response: AuthenticationResponseJSON,
    accountId: string,
    expected: string,
  ): Promise<Buffer> {
    const passkey = await this.check(tx, response, (challenge) => challenge === expected);
    return passkey.accountId === accountId ? passkey.publicKey : this.refuse('the passkey is another account’s');
  }

  private async check(
    tx: PoolClient,
    response: AuthenticationResponseJSON,
    expectedChallenge: (challenge: string) => boolean,
  ): Promise<Passkey> {
    const isId = typeof response.id === 'string' && CREDENTIAL_ID.test(response.id);
    const passkey = isId ? await find(tx, response.id) : undefined;
    if (!passkey) return this.refuse('there is no such passkey');
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: this.origin,
      expectedRPID: this.rpId,
      credential: { ...passkey, id: response.id, publicKey: new Uint8Array(passkey.publicKey) },
      requireUserVerification: true,
    }).catch((error: unknown) => this.refuse(reasonOf(error)));
    if (!verified) return this.refuse('the signature is not right');
    const { userHandle } = response.response as { userHandle?: unknown };
    if (userHandle !== undefined && !isHandleOf(passkey.accountId, userHandle)) {
      return this.refuse('the passkey names another account');
    }
    const { rowCount } = await tx.query(
      'UPDATE auth.passkey SET counter = $2, used_at = now() WHERE credential_id = $1 AND counter = $3',
      [response.id, authenticationInfo.newCounter, passkey.counter],
    );
    return rowCount === 1 ? passkey : this.refuse('the counter moved meanwhile');
  }

  /**
   * Stores a new passkey: one that was added waits for its holder's approval, in the place of any that waited; another is in force at once.
   * Throws Unauthenticated when it is not a good answer to this holder's challenge.
   */
  async register(
    tx: PoolClient,
    response: RegistrationResponseJSON,
    holder: ChallengeHolder,
    { accountId, adds, userAgent }: UsedLink & { userAgent: string },
  ): Promise<void> {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: (challenge) => this.challenges.isGood(challenge, holder),
      expectedOrigin: this.origin,
      expectedRPID: this.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch((error: unknown) => this.refuse(reasonOf(error)));
    if (!verified) return this.refuse('the new passkey is not right');
    await this.spend(tx, response.response.clientDataJSON);
    const { id, publicKey, counter, transports: told } = registrationInfo.credential;
    const transports = TRANSPORTS.filter((transport) => Array.isArray(told) && told.includes(transport));
    await tx.query('DELETE FROM auth.passkey WHERE account_id = $1 AND approved_at IS NULL', [accountId]);
    const { rowCount } = await tx.query(
      `INSERT INTO auth.passkey (credential_id, account_id, public_key, counter, transports, device, user_agent, approved_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $6::text IS NULL THEN now() END) ON CONFLICT DO NOTHING`,
      [id, accountId, Buffer.from(publicKey), counter, transports, adds, userAgent.slice(0, 200)],
    );
    if (rowCount === 0) this.refuse('the passkey belongs to another account');
  }

  private async credentialsOf(accountId: string): Promise<{ id: string; transports: string[] }[]> {
    const { rows } = await this.pool.query<{ id: string; transports: string[] }>(
      'SELECT credential_id AS id, transports FROM auth.passkey WHERE account_id = $1 AND approved_at IS NOT NULL',
      [accountId],
    );
    return rows;
  }

  private async spend(tx: PoolClient, clientDataJson: string): Promise<void> {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString()) as { challenge: string };
    if (!(await spendChallenge(tx, challenge))) this.refuse('the challenge was answered before');
  }

  private refuse(reason: string): never {
    this.logger.debug(`Refused a passkey: ${reason}`);
    throw new Unauthenticated('error.signInRefused');
  }
}

async function find(tx: PoolClient, credentialId: string): Promise<Passkey | undefined> {
  const { rows } = await tx.query<Passkey>(
    `SELECT account_id AS "accountId", public_key AS "publicKey", counter::float8 AS counter, transports
     FROM auth.passkey WHERE credential_id = $1 AND approved_at IS NOT NULL`,
    [credentialId],
  );
  return rows[0];
}

function isHandleOf(accountId: string, userHandle: unknown): boolean {
  return typeof userHandle === 'string' && Buffer.from(userHandle, 'base64url').toString() === accountId;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'not an answer';
}
