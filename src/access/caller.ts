import type { Permission } from './permission.js';

/** Who asks: built from a verified token and the hub's own records, passed as first argument to every service method. */
export interface Caller {
  readonly agencyId: string;
  readonly unitId: string;
  /** Pseudonym of the officer, null for a unit's system. */
  readonly officer: string | null;
  /** 0 UNCLASSIFIED, 1 RESTRICTED. */
  readonly clearance: number;
  readonly maySeeNominal: boolean;
  readonly purpose: string;
  /** The own agency's number of the case for which personal details are wanted; absent or null when the request named none. */
  readonly caseRef?: string | null;
  readonly permissions: ReadonlySet<Permission>;
  /** What the unit's system may send; absent for an officer, whom no connection limits. */
  readonly sending?: SendingLimits;
  /** The officer's session at the console; absent for a unit's system. */
  readonly session?: CallerSession;
  /** The token of a unit's system; absent for an officer. */
  readonly token?: CallerToken;
}

/** The limits that are set to a unit's system. */
export interface SendingLimits {
  readonly kinds: ReadonlySet<string>;
  /** Agencies (with all their units), units and communities; null: whoever an agreement allows. */
  readonly addressees: readonly string[] | null;
}

/** An access token, for what lasts longer than the request that brought it. */
export interface CallerToken {
  /** The key that it was got with. */
  readonly kid: unknown;
  readonly scope: unknown;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Where the request came from. */
  readonly address: string;
  /** GraphQL documents of the hub's manifest alone are taken; the operator's record. */
  readonly isBoundToDocuments: boolean;
}

/** A console session as the guard and the officer's own operations need it. */
export interface CallerSession {
  readonly id: string;
  readonly accountId: string;
  readonly roles: readonly string[];
  /** How strong the sign-in was: `phr` a passkey, `aal2` password and code, `demonstration` a click. */
  readonly acr: 'phr' | 'aal2' | 'demonstration';
  /** A passkey was used within the last five minutes. */
  readonly isFresh: boolean;
  /** Cleared for personal details, but after a step-up alone: the agency's own rule. Until then `maySeeNominal` is false. */
  readonly nominalNeedsStepUp: boolean;
  /** What `x-liaison-csrf` must be. */
  readonly csrf: string;
}
