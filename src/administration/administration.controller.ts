import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { Public } from '../access/permission.js';
import { languageOf } from '../common/messages/messages.js';
import { Admissions } from '../session/people/admissions.js';
import { PageSender } from '../session/people/page-sender.js';
import { type Administration, administrationPage } from './pages/administration-page.js';
import { AgenciesService } from './agencies.service.js';
import { ChangesService } from './changes.service.js';
import { RulesService } from './rules.service.js';
import { UnitsService } from './units.service.js';

/** The page on which administrators of an agency, or of the hub, decide together. */
@Controller()
export class AdministrationController {
  constructor(
    private readonly pages: PageSender,
    private readonly admissions: Admissions,
    private readonly changes: ChangesService,
    private readonly units: UnitsService,
    private readonly rules: RulesService,
    private readonly agencies: AgenciesService,
  ) {}

  @Get('administration')
  @Public(true)
  async administration(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!this.pages.sessionOr(reply, request)) return;
    const caller = request.caller!;
    if (!caller.permissions.has('officers.enrol')) {
      return void reply.header('cache-control', 'no-store').redirect('/account', 303);
    }
    const shown = await this.shownTo(caller);
    this.pages.send(request, reply, administrationPage(shown, languageOf(request.headers['accept-language'])));
  }

  /** An administrator of an agency sees its units and rules; one of the hub, who takes part. */
  private async shownTo(caller: Caller): Promise<Administration> {
    const isAgencys = caller.permissions.has('agency.administer');
    const isHubs = caller.permissions.has('hub.administer');
    const [officers, admissions, changes, units, rules, standings] = await Promise.all([
      this.admissions.officers(caller),
      this.admissions.waiting(caller),
      this.changes.waiting(caller),
      isAgencys ? this.units.own(caller) : [],
      isAgencys ? this.rules.own(caller) : null,
      isHubs ? this.agencies.standings(caller) : [],
    ]);
    return { caller, officers, admissions, changes, units, rules, standings };
  }
}
