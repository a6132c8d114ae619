import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { loaderOf } from '../common/loader.js';
import { checkUuid } from '../common/uuid.js';
import { Duty } from '../duties/duties.resolver.js';
import { Task } from '../desk/matter.models.js';
import { AFTER, FIRST } from '../exchange/exchange.models.js';
import { LetterDetailsInput, LetterInput, OutsidePartnerInput } from './letter.inputs.js';
import {
  Letter,
  LetterConnection,
  LetterStep,
  MatterLetter,
  OutsidePartner,
  PartnerStatistics,
} from './letter.models.js';
import { LettersService } from './letters.service.js';
import { LetterClosing, LetterDirection } from './register-codes.js';

const REASON = { type: () => String, description: 'Why; at most 1,000 characters' };

/** The register of letters to and from administrations that are not on the hub. */
@Resolver(() => Letter)
export class LettersResolver {
  constructor(private readonly service: LettersService) {}

  @Query(() => Letter, { description: 'A letter of one’s own agency’s register' })
  @Allow('objects.read')
  letter(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Letter> {
    return this.service.find(caller, checkUuid(id, '/id'));
  }

  @Query(() => LetterConnection, {
    description: 'One’s own agency’s register of letters; what was registered last stands first',
  })
  @Allow('objects.read')
  letters(
    @CurrentCaller() caller: Caller,
    @Args('direction', { type: () => LetterDirection, nullable: true, description: 'Only of this direction' })
    direction: LetterDirection | null,
    @Args('partner', { type: () => ID, nullable: true, description: 'Only with this administration' })
    partner: string | null,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<LetterConnection> {
    const only = (partner ?? null) === null ? null : checkUuid(partner!, '/partner');
    return this.service.list(caller, { direction: direction ?? null, partner: only, first, after: after ?? null });
  }

  @Query(() => [Letter], {
    description: 'Letters that bear this number, one’s own or the partner’s; the newest first, 20 at most',
  })
  @Allow('objects.read')
  lettersByNumber(
    @CurrentCaller() caller: Caller,
    @Args('number', { type: () => String, description: 'Exactly as it was written' }) number: string,
  ): Promise<Letter[]> {
    return this.service.numbered(caller, number);
  }

  @Query(() => [OutsidePartner], {
    description: 'Administrations that are not on the hub, as one’s own agency knows them, by name; 200 at most',
  })
  @Allow('objects.read')
  outsidePartners(
    @CurrentCaller() caller: Caller,
    @Args('country', { type: () => String, nullable: true, description: 'Only of this one, ISO 3166-1 alpha-2' })
    country: string | null,
  ): Promise<OutsidePartner[]> {
    return this.service.partners(caller, country ?? null);
  }

  @Query(() => [PartnerStatistics], {
    description:
      'Requests by letter of a year, by partner: asked, answered, open, overdue, how long it took, why it was refused. A letter belongs to the year in which it came in or went out, by the agency’s clock',
  })
  @Allow('objects.read')
  registerStatistics(
    @CurrentCaller() caller: Caller,
    @Args('year', { type: () => Int, description: 'Such as 2026' }) year: number,
  ): Promise<PartnerStatistics[]> {
    return this.service.statistics(caller, year);
  }

  @Mutation(() => Letter, {
    description: 'Registers a letter. A request begins the clock of its answer, an answer ends it',
  })
  @Allow('objects.submit')
  registerLetter(@CurrentCaller() caller: Caller, @Args('input') input: LetterInput): Promise<Letter> {
    return this.service.register(caller, input);
  }

  @Mutation(() => Letter, {
    description:
      'Corrects what is written of a letter, whole; what stood there before is kept. A scan or words that are left out stay. Direction, kind, partner and what it answers stay: close it as a mistake and register it anew',
  })
  @Allow('objects.submit')
  correctLetter(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
    @Args('input') input: LetterDetailsInput,
    @Args('reason', REASON) reason: string,
  ): Promise<Letter> {
    return this.service.correct(caller, checkUuid(id, '/id'), input, reason);
  }

  @Mutation(() => Letter, {
    description: 'Closes a request for which nothing more is owed, or any letter that was registered by mistake',
  })
  @Allow('objects.submit')
  closeLetter(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
    @Args('as', { type: () => LetterClosing, description: 'Why, as a code' }) as: LetterClosing,
    @Args('reason', REASON) reason: string,
  ): Promise<Letter> {
    return this.service.close(caller, checkUuid(id, '/id'), as, reason);
  }

  @Mutation(() => OutsidePartner, {
    description: 'Writes down an administration that is not on the hub, or changes what is written of it',
  })
  @Allow('objects.submit')
  keepOutsidePartner(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID, nullable: true, description: 'Left out: a new one' }) id: string | null,
    @Args('input') input: OutsidePartnerInput,
  ): Promise<OutsidePartner> {
    return this.service.keepPartner(caller, (id ?? null) === null ? null : checkUuid(id!, '/id'), input);
  }

  @ResolveField(() => OutsidePartner, { description: 'The administration that it came from, or went to' })
  partner(@Parent() { partnerId }: Letter, @Context() context: GraphqlContext): Promise<OutsidePartner> {
    const load = (ids: readonly string[]): Promise<OutsidePartner[]> => this.service.partnersOf(context.caller!, ids);
    return loaderOf(context, 'outsidePartners', load).load(partnerId);
  }

  @ResolveField(() => [MatterLetter], {
    description: 'The other letters of its matter, in the order in which they came and went; 200 at most',
  })
  async matterLetters(@Parent() { id, rootId }: Letter, @Context() context: GraphqlContext): Promise<MatterLetter[]> {
    const load = (roots: readonly string[]): Promise<MatterLetter[][]> => this.service.matters(context.caller!, roots);
    const letters = await loaderOf(context, 'letters of a matter', load).load(rootId);
    return letters.filter((each) => each.id !== id);
  }

  @ResolveField(() => [LetterStep], { description: 'What was done with it here, the first first; 200 at most' })
  steps(@Parent() { id }: Letter, @Context() context: GraphqlContext): Promise<LetterStep[]> {
    const load = (ids: readonly string[]): Promise<LetterStep[][]> => this.service.steps(context.caller!, ids);
    return loaderOf(context, 'letter steps', load).load(id);
  }
}

/** Adds to a duty the letter that it is about. */
@Resolver(() => Duty)
export class LetterOfDutyResolver {
  constructor(private readonly service: LettersService) {}

  @ResolveField(() => Letter, {
    nullable: true,
    description: 'The letter that it is about; null for an alert or a request',
  })
  letter(@Parent() { letterId }: Duty, @Context() context: GraphqlContext): Promise<Letter | null> | null {
    return letterId === null ? null : letterOf(this.service, context, letterId);
  }
}

/** Adds to a task the letter that it is for. */
@Resolver(() => Task)
export class LetterOfTaskResolver {
  constructor(private readonly service: LettersService) {}

  @ResolveField(() => Letter, { nullable: true, description: 'The letter that it is for; null where it is a matter' })
  letter(@Parent() { letterId }: Task, @Context() context: GraphqlContext): Promise<Letter | null> | null {
    return letterId === null ? null : letterOf(this.service, context, letterId);
  }
}

function letterOf(service: LettersService, context: GraphqlContext, id: string): Promise<Letter | null> {
  const load = (ids: readonly string[]): Promise<(Letter | null)[]> => service.ofIds(context.caller!, ids);
  return loaderOf(context, 'letters', load).load(id);
}
