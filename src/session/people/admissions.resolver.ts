import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { renderSVG } from 'uqr';
import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.js';
import { Allow, StepUp } from '../../access/permission.js';
import { NotFound } from '../../common/errors.js';
import { checkUuid } from '../../common/uuid.js';
import { PERSON } from '../../protocol/envelope.js';
import { AdmissionModel, EnrollableModel, EnrolmentLinkModel } from './admission.models.js';
import { type Admission, Admissions, type Enrollable } from './admissions.js';

/** For an agency's administrators: who of their officers can sign in. */
@Resolver()
export class AdmissionsResolver {
  constructor(private readonly admissions: Admissions) {}

  @Query(() => [EnrollableModel], { description: 'The officers of one’s own agency' })
  @Allow('officers.enrol')
  ownOfficers(@CurrentCaller() caller: Caller): Promise<Enrollable[]> {
    return this.admissions.officers(caller);
  }

  @Query(() => [AdmissionModel], { description: 'Enrolments of one’s own agency that wait for a second administrator' })
  @Allow('officers.enrol')
  waitingAdmissions(@CurrentCaller() caller: Caller): Promise<Admission[]> {
    return this.admissions.waiting(caller);
  }

  @Mutation(() => AdmissionModel, {
    description: 'Proposes to enrol an officer, or to recover one who lost the passkey; another administrator approves',
  })
  @Allow('officers.enrol')
  @StepUp(true)
  async proposeAdmission(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) officer: string,
  ): Promise<Admission> {
    if (!PERSON.test(officer)) throw new NotFound(); // PostgreSQL takes no text with a NUL in it
    return this.admissions.propose(caller, officer);
  }

  @Mutation(() => EnrolmentLinkModel, {
    description: 'Approves another administrator’s proposal: the link for the officer, good once and for 15 minutes',
  })
  @Allow('officers.enrol')
  @StepUp(true)
  async approveAdmission(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<EnrolmentLinkModel> {
    const link = await this.admissions.approve(caller, checkUuid(id, '/id'));
    return { ...link, qrCode: renderSVG(link.address) };
  }

  @Mutation(() => Boolean, {
    description: 'Drops a proposal to enrol or recover, one’s own or another administrator’s',
  })
  @Allow('officers.enrol')
  @StepUp(true)
  async declineAdmission(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<boolean> {
    await this.admissions.decline(caller, checkUuid(id, '/id'));
    return true;
  }
}
