/**
 * Every reason for which this folder refuses something, each with its sentence. Codes are stable: partners' programs branch
 * on them. The sentences are constant and no error carries a `cause` (JSON.parse quotes its input), so no message can hold
 * payload content; only `pointer` says where.
 */
export const PROTOCOL_FAULTS = {
  SIZE: 'The text is larger than 1 MB.',
  SHAPE: 'A member is missing, unknown or of the wrong form.',
  B64: 'A value is not strict base64url.',
  JSON: 'The text is not JSON.',
  UTF8: 'The bytes are not UTF-8.',
  SURROGATE: 'A string holds a lone surrogate.',
  NUMBER: 'A number is not a safe integer, or is negative zero.',
  DEPTH: 'The value is nested more than 32 levels deep.',
  NOT_CANONICAL: 'The text is not the canonical form of its content.',
  SIG_COUNT: 'There must be one to four signatures.',
  KID: 'The key id is not the RFC 7638 SHA-256 thumbprint that it should be.',
  KID_DUP: 'Two signatures name the same key.',
  ALG: 'The algorithm is not Ed25519 or ES256, or is not that of the key.',
  TYP: 'The type in the header is not one that is expected here.',
  KIND: 'The kind is unknown, or is not that of the type in the header.',
  HUB: 'The text was made for another hub.',
  IAT: 'The signing time is not a number of seconds, lies in the future or too far in the past.',
  CRIT: 'Critical header extensions are not understood.',
  HEADER_UNKNOWN: 'The header has a member that the profile does not know.',
  KEY_UNKNOWN: 'The key stands in no key set in force.',
  KEY_EXPIRED: 'The key had expired at the signing time.',
  KEY_NOT_YET: 'The key was not yet valid at the signing time.',
  KEY_REVOKED: 'The key is revoked, or its revocation was withdrawn.',
  KEY_USE: 'The key is registered for another use.',
  KEY_KIND: 'The key may not sign this kind of object.',
  KEY_LIFETIME:
    'The key would live longer than its holder allows, or not at all; a root is named for five years at most, then the next set names a new one.',
  KEY_SMALL_ORDER: 'The public key is a point of small order: anything would verify under it.',
  KEY_POINT: 'The public key is not the canonical encoding of a point in the prime-order group.',
  KEY_PRIVATE: 'A private key was given where a public key belongs.',
  KEY_POSSESSION: 'The proof of possession does not fit the key and the claim.',
  KEY_REUSED: 'One key has two uses, two holders or two places in the set.',
  FROM: 'A signer belongs to another agency.',
  UNIT: 'A signer may not act for this unit.',
  SIGNATURE: 'A signature does not verify.',
  ID_REUSED: 'The id was used for other content.',
  LINK: 'A linked object is not the one that the link describes.',
  PERSON: 'Those who signed are not the persons named as author and releaser.',
  FOUR_EYES: 'Author and releaser must be two persons who both signed.',
  ATTACHMENT: 'An attachment does not fit its digest.',
  PART: 'A part does not fit its digest or its name.',
  KEYSET_SEQ: 'The key set is not the next in sequence.',
  KEYSET_PREV: 'The key set does not name its predecessor.',
  KEYSET_ROOT: 'A signer is no root, a new root did not sign, or the roots are not the pinned ones.',
  KEYSET_THRESHOLD: 'Too few roots or holders of enrolment keys signed, or the threshold was lowered.',
  KEYSET_ENROL: 'Enrolment keys may add, renew and revoke signing keys of other persons, and change nothing else.',
  RECEIPT: 'The receipt is not for this object, or contradicts itself.',
} as const satisfies Record<string, string>;

/** The closed list of reasons for refusal. */
export type ProtocolSub = keyof typeof PROTOCOL_FAULTS;

/** A refusal by the protocol: `sub` says why, `pointer` (RFC 6901, into the text at hand) says where if that is known. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly sub: ProtocolSub,
    readonly pointer?: string,
  ) {
    super(PROTOCOL_FAULTS[sub]);
  }
}
