import { plainToInstance } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateBy,
  validateSync,
} from 'class-validator';
import type { Strength } from '../session/people/identity.js';
import type { IssuerNetwork } from '../session/people/issuers/vetted-address.js';
import type { LoweringClaims } from '../session/people/issuers/lowering.js';

const ALGORITHMS = ['Ed25519', 'ES256', 'ES384', 'PS256', 'PS384', 'RS256'];
const STRENGTHS = ['phr', 'aal2'] as const satisfies Strength[];
const LOWERED = ['roles', 'clearance', 'nominal'] as const satisfies (keyof LoweringClaims)[];
const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

/** Whether the hub may ask at this address: https, or http on this very machine; nothing in it but a place. */
export function isIssuerAddress(text: unknown): text is string {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (!url || url.username || url.password || url.search || url.hash) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && THIS_MACHINE.includes(url.hostname));
}

/** An object whose every member passes. */
function EachMember(passes: (name: string, value: unknown) => boolean): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([name, member]) => passes(name, member));
  return ValidateBy({ name: 'members', validator: { validate } });
}

/** What the operator's file says of an issuer; docs/operations.md explains each member. */
export class IssuerEntry {
  @Matches(/^[a-z][a-z0-9-]{1,30}$/)
  @NotEquals('hub')
  id: string;

  @ValidateBy({ name: 'address', validator: { validate: isIssuerAddress } })
  issuer: string;

  @Length(1, 80)
  nameEn: string;

  @Length(1, 80)
  nameVi: string;

  @Length(1, 200)
  clientId: string;

  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  agencies: string[];

  @IsArray()
  @ArrayNotEmpty()
  @IsIn(ALGORITHMS, { each: true })
  algorithms: string[] = ['Ed25519', 'ES256', 'PS256'];

  @EachMember((name, value) => name !== '' && (STRENGTHS as readonly unknown[]).includes(value))
  strengths: Record<string, Strength>;

  @IsInt()
  @Min(60)
  @Max(86_400)
  maxAgeSeconds: number;

  @EachMember((name, value) => (LOWERED as readonly string[]).includes(name) && typeof value === 'string')
  lowering: LoweringClaims = {};

  /** `private` where the service is in a network of the administration's own, which the hub asks in for no other. */
  @IsIn(['public', 'private'])
  network: IssuerNetwork = 'public';

  /** Only of an issuer whose addresses are not all on its own origin, or that publishes no metadata. */
  @IsOptional()
  @EachMember(() => true)
  metadata?: Record<string, unknown>;
}

/** The entry in a file; or the member that is missing, wrong or unknown, as a JSON Pointer. */
export function readIssuerEntry(record: Record<string, unknown>): IssuerEntry | { pointer: string } {
  const entry = plainToInstance(IssuerEntry, record, { exposeDefaultValues: true });
  const [fault] = validateSync(entry, { whitelist: true, forbidNonWhitelisted: true });
  if (fault) return { pointer: `/${fault.property}` };
  return Object.keys(entry.strengths).length === 0 ? { pointer: '/strengths' } : entry;
}
