import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Problem } from '../common/errors.js';
import type { Envelope } from '../protocol/envelope.js';
import type { ObjectRow } from './object-record.js';

/** What lists show of an object, taken from its body. */
export interface Headline {
  ref: string | null;
  title: string | null;
  urgency: string | null;
}

/** An object that stands before its release, with whatever it links to, read under the caller's rights. */
export interface Incoming<Body extends object = object> {
  envelope: Envelope;
  body: Body;
  inReplyTo: ObjectRow | null;
  supersedes: ObjectRow | null;
}

/**
 * What an officer does to sign (security.md 2.7): T0 nothing within a session, T1 a touch of the passkey, T2 a touch and a second
 * person's signature.
 */
export type Tier = 'T0' | 'T1' | 'T2';

/** What a module tells the exchange about the kind of object it owns. `submit` calls it and knows none of the modules. */
export interface ObjectKind<Body extends object = object> {
  readonly kind: Envelope['kind'];
  /** Form of the body: class-validator rules, used for compose and for submit alike. */
  readonly body: new () => Body;
  /** A recall takes the object out of its recipients' sight; otherwise it stays and shows as withdrawn. */
  readonly isHiddenByRecall: boolean;
  /** Names of the parts that it may carry, with the form of their data. */
  readonly parts: Readonly<Record<string, new () => object>>;
  headline(body: Body): Headline;
  /** What of an officer this act needs; a touch unless it says otherwise. */
  tier?(body: Body): Tier;
  /** Exact look-up terms besides partner and kind, such as container:CSQU3054383. */
  terms(body: Body): string[];
  /** Rules beyond the form of the body. What it returns refuses the object. */
  check?(tx: EntityManager, incoming: Incoming<Body>): Promise<Problem[]>;
  /** Writes the module's own rows in the transaction that accepts the object. */
  project?(tx: EntityManager, seq: string, incoming: Incoming<Body>): Promise<void>;
}

/** The kinds that this hub accepts; each module registers its own at start. */
@Injectable()
export class ObjectKinds {
  private readonly kinds = new Map<string, ObjectKind>();

  register<Body extends object>(kind: ObjectKind<Body>): void {
    if (this.kinds.has(kind.kind)) throw new Error(`The kind ${kind.kind} is registered twice`);
    this.kinds.set(kind.kind, kind);
  }

  get(kind: string): ObjectKind | undefined {
    return this.kinds.get(kind);
  }

  all(): ObjectKind[] {
    return [...this.kinds.values()];
  }
}
