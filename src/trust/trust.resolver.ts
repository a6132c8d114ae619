import { Args, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { Visible } from '../access/visibility.js';
import { HubKeys } from './hub-keys.js';
import { KeySetsService } from './key-sets.service.js';

@ObjectType({ description: 'A key set that was published' })
@Visible('caller')
export class PublishedKeySet {
  @Field(() => ID)
  agency: string;

  @Field(() => Int, { description: 'Its number in the chain, from 1' })
  seq: number;

  @Field(() => String, { description: 'Digest of its payload; the next set names it as `prev`' })
  digest: string;

  @Field(() => Int, { description: 'How many keys it has' })
  keys: number;
}

@Resolver()
export class TrustResolver {
  constructor(
    private readonly service: KeySetsService,
    private readonly hubKeys: HubKeys,
  ) {}

  @Query(() => [String], {
    description:
      "An agency's signed key sets, oldest first, at most 100 and about 1 MB at once: go on with the number that you have as `after`, until none comes. Verify them against the roots pinned at enrolment",
  })
  @Allow('directory.read')
  keySets(
    @CurrentCaller() caller: Caller,
    @Args('agency', { type: () => ID }) agency: string,
    @Args('after', { type: () => Int, defaultValue: 0, description: 'Number of a set in the chain, from 1' })
    after: number,
  ): Promise<string[]> {
    return this.service.page(caller, agency, after);
  }

  @Query(() => [String], { description: "The hub's public keys for receipts, each a JWK (RFC 7517) as JSON" })
  @Allow('directory.read')
  hubKeySet(): string[] {
    return this.hubKeys.publicJwks.map((jwk) => JSON.stringify(jwk));
  }

  @Mutation(() => PublishedKeySet, {
    description:
      "Publishes the next key set of the caller's agency, signed by its roots; or by its enrolment keys, where nothing but officers' own keys changes",
  })
  @Allow('keys.publish')
  @StepUp(true)
  async publishKeySet(
    @CurrentCaller() caller: Caller,
    @Args('keySet', { description: 'JWS General JSON of type liaison-keyset+jws' }) keySet: string,
  ): Promise<PublishedKeySet> {
    const { agency, seq, digest, keys } = await this.service.publish(caller, keySet);
    return { agency, seq, digest, keys: keys.length };
  }
}
