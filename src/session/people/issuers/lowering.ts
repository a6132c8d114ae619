/** What an issuer's claims leave of an officer's rights in a session; undefined leaves them as the hub grants them. */
export interface Lowering {
  /** Of the officer's roles, only these. */
  roles?: string[];
  /** At most this clearance. */
  clearance?: number;
  /** No personal details. */
  withoutNominal?: true;
}

/** By which claim an issuer lowers what; what is not named here no claim touches. */
export interface LoweringClaims {
  /** A list of the hub's role names, or one. */
  roles?: string;
  /** `UNCLASSIFIED` or `RESTRICTED`. */
  clearance?: string;
  /** A boolean; anything but true takes personal details away. */
  nominal?: string;
}

const CLEARANCES: readonly unknown[] = ['UNCLASSIFIED', 'RESTRICTED'];

/**
 * Reads what the claims lower. A claim that the operator has named and that is missing or cannot be read lowers as far as it can. The
 * session takes the lesser of this and of what the hub grants (`ConsoleSessions`), so no claim can raise anything.
 */
export function loweringBy(names: LoweringClaims, claims: Readonly<Record<string, unknown>>): Lowering {
  const of = (name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);
  return {
    ...(names.roles === undefined
      ? {}
      : { roles: [of(names.roles)].flat().filter((role) => typeof role === 'string') }),
    ...(names.clearance === undefined ? {} : { clearance: Math.max(0, CLEARANCES.indexOf(of(names.clearance))) }),
    ...(names.nominal === undefined || of(names.nominal) === true ? {} : { withoutNominal: true }),
  };
}
