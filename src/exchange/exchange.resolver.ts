import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { checkFresh } from '../access/check-fresh.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { InvalidInput } from '../common/errors.js';
import { assemble } from '../protocol/signing.js';
import { normaliseTerm } from './body/selectors.js';
import { checkUuid } from '../common/uuid.js';
import {
  AFTER,
  ChangePage,
  FIRST,
  LookUp,
  LookUpField,
  ObjectConnection,
  ObjectPart,
  PartInput,
  SignedComposition,
  SignedObject,
  Submission,
} from './exchange.models.js';
import { ObjectKinds } from './object-kind.js';
import { payloadOf } from './payload.js';
import { type ListedPage, ObjectsService } from './objects.service.js';
import type { OpenedRow } from './object-pages.js';
import { ObjectSummary, summaryOf } from './object-record.js';
import { SubmissionsService } from './submissions.service.js';

@Resolver(() => SignedObject)
export class ExchangeResolver {
  constructor(
    private readonly objects: ObjectsService,
    private readonly submissions: SubmissionsService,
    private readonly kinds: ObjectKinds,
  ) {}

  @Query(() => ObjectConnection, {
    description:
      'What others released to the caller, newest first. What a look-up other than PARTNER finds is recorded for its owner.',
  })
  @Allow('objects.read')
  inbox(
    @CurrentCaller() caller: Caller,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
    @Args('kind', { type: () => String, nullable: true, description: 'Only this kind' }) kind: string | null,
    @Args('lookUp', { type: () => LookUp, nullable: true }) lookUp: LookUp | null,
  ): Promise<ObjectConnection> {
    return this.list(caller, 'inbox', first, after, kind, lookUp);
  }

  @Query(() => ObjectConnection, { description: "What the caller's agency has sent, newest first" })
  @Allow('objects.read')
  outbox(
    @CurrentCaller() caller: Caller,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
    @Args('kind', { type: () => String, nullable: true, description: 'Only this kind' }) kind: string | null,
    @Args('lookUp', { type: () => LookUp, nullable: true }) lookUp: LookUp | null,
  ): Promise<ObjectConnection> {
    return this.list(caller, 'outbox', first, after, kind, lookUp);
  }

  @Query(() => SignedObject, { description: 'Opens a signed object' })
  @Allow('objects.read')
  async object(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
    @Args('forExport', {
      type: () => Boolean,
      defaultValue: false,
      description:
        'The text is to leave this system, for instance in a bundle; its owner sees an export, not an opening. An officer needs a fresh passkey',
    })
    forExport: boolean,
  ): Promise<SignedObject> {
    if (forExport) checkFresh(caller);
    const opening = forExport ? 'object.exported' : 'object.opened';
    return signedObjectOf(await this.objects.open(caller, checkUuid(id, '/id'), null, opening));
  }

  @Query(() => ObjectSummary, { description: 'What lists show of one object in sight, without opening it' })
  @Allow('objects.read')
  async objectSummary(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<ObjectSummary> {
    return summaryOf(await this.objects.summary(caller, checkUuid(id, '/id')));
  }

  @ResolveField(() => [ObjectPart], { description: 'Its parts; giving out a text is recorded for its owner' })
  parts(@Parent() object: SignedObject, @Context() context: GraphqlContext): Promise<ObjectPart[]> {
    return this.objects.parts(context.caller!, object.row, object.partNames);
  }

  @Query(() => ChangePage, {
    description:
      'The forward feed for partner systems: in commit order, nothing skipped, with tombstones. Waits when there is nothing.',
  })
  @Allow('objects.read')
  async changes(
    @CurrentCaller() caller: Caller,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
    @Args('waitSeconds', {
      type: () => Int,
      defaultValue: 0,
      description: 'How long to wait for something, 0 to 30',
    })
    waitSeconds: number,
  ): Promise<ChangePage> {
    const page = await this.objects.changes(caller, { first, after: after ?? null, waitSeconds });
    return {
      changes: page.rows.map((row, index) => ({
        cursor: page.cursors[index]!,
        act: row.act,
        objectId: row.object_id,
        object: row.object && summaryOf(row.object),
      })),
      endCursor: page.end,
      hasMore: page.hasMore,
    };
  }

  @Mutation(() => Submission, {
    description:
      'Sends a signed object: either the whole text, or a composition with raw signatures. The same object again gets its first receipt.',
  })
  @Allow('objects.submit')
  async submit(
    @CurrentCaller() caller: Caller,
    @Args('object', { type: () => String, nullable: true, description: 'JWS General JSON' }) object: string | null,
    @Args('composition', { type: () => SignedComposition, nullable: true }) composition: SignedComposition | null,
    @Args('parts', { type: () => [PartInput], defaultValue: [], description: 'The texts of the parts it names' })
    parts: PartInput[],
    @Args('assertion', {
      type: () => String,
      nullable: true,
      description:
        "The answer of the officer's passkey (AuthenticationResponseJSON, WebAuthn level 3 section 5.1) to the object's SHA-256 as challenge; wanted at the console for all but tier T0",
    })
    assertion: string | null,
  ): Promise<Omit<Submission, 'object'>> {
    if ((object === null || object === undefined) === (composition === null || composition === undefined)) {
      throw new InvalidInput([{ pointer: '', rule: 'oneOf', key: 'problem.oneOf' }]);
    }
    const text = object ?? assemble(composition!.text, composition!.signatures);
    return this.submissions.submit(caller, { text, parts, assertion: assertion ?? null });
  }

  private async list(
    caller: Caller,
    box: 'inbox' | 'outbox',
    first: number,
    after: string | null,
    kind: string | null,
    lookUp: LookUp | null,
  ): Promise<ObjectConnection> {
    if (kind !== null && kind !== undefined) this.checkKind(kind);
    const isLookUp = box === 'inbox' && lookUp !== null && lookUp !== undefined && lookUp.field !== LookUpField.PARTNER;
    return connectionOf(
      await this.objects.list(caller, { box, first, after: after ?? null, term: termOf(kind, lookUp), isLookUp }),
    );
  }

  /** A mistyped kind would look like an empty list. */
  private checkKind(kind: string): void {
    if (this.kinds.get(kind)) return;
    const codes = this.kinds.all().map((each) => each.kind);
    throw new InvalidInput([
      { pointer: '/kind', rule: 'enum', key: 'problem.code', params: { codes: codes.toSorted().join(', ') } },
    ]);
  }
}

/** The node that a submission made or had made before. */
@Resolver(() => Submission)
export class SubmissionResolver {
  constructor(private readonly objects: ObjectsService) {}

  @ResolveField(() => ObjectSummary)
  async object(@Parent() submission: Submission, @Context() context: GraphqlContext): Promise<ObjectSummary> {
    return summaryOf(await this.objects.summary(context.caller!, submission.id));
  }
}

function connectionOf(page: ListedPage): ObjectConnection {
  const nodes = page.rows.map(summaryOf);
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: page.cursors[index]! })),
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.cursors.at(-1) ?? null },
  };
}

/** An opened row as the API gives it. */
export function signedObjectOf(row: OpenedRow): SignedObject {
  const envelope = payloadOf(row.text);
  return {
    ...summaryOf(row),
    text: row.text,
    receipt: row.receipt,
    inReplyTo: envelope.inReplyTo?.id ?? null,
    supersedes: envelope.supersedes?.id ?? null,
    attachments: envelope.attachments,
    partNames: envelope.parts.map((part) => part.name),
  };
}

const COMMUNITY = /^community:[0-9a-f-]{36}$/;

/** The stored term that answers this filter. A kind together with a look-up is offered for partners only. */
function termOf(kind: string | null, lookUp: LookUp | null): string | null {
  if (!lookUp) return kind ? `kind:${kind}` : null;
  const isCommunity = lookUp.field === LookUpField.PARTNER && COMMUNITY.test(lookUp.value);
  const term = isCommunity ? `partner:${lookUp.value}` : normaliseTerm(lookUp.field, lookUp.value);
  if (term === null) {
    throw new InvalidInput([{ pointer: '/lookUp/value', rule: 'form', key: 'problem.lookUp' }]);
  }
  if (!kind) return term;
  if (lookUp.field === LookUpField.PARTNER) return `${term} kind:${kind}`;
  throw new InvalidInput([{ pointer: '/kind', rule: 'alone', key: 'problem.kindOfPartner' }]);
}
