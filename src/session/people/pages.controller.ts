import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/permission.js';
import { HubIdentity } from '../../common/hub-identity.js';
import { languageOf } from '../../common/messages/messages.js';
import { ConsoleSessions } from './console-sessions.js';
import { issuerLinks } from './issuers/issuer-pages.js';
import { TrustedIssuers } from './issuers/trusted-issuer.js';
import { PageSender } from './page-sender.js';
import { accountPage } from './pages/account-page.js';
import { signingPage } from './pages/signing-page.js';
import { ENROL_PAGE, signInPage, stepUpPage } from './pages/sign-in-pages.js';
import { OwnPasskeys } from './own-passkeys.js';
import { PersonKeys } from './person-keys.js';
import { PEOPLE_OPTIONS, type PeopleOptions } from './people-options.js';

/** Plain pages in English and Vietnamese: sign in, enrol, step up, and the officer's own account and signing. */
@Controller()
export class PagesController {
  constructor(
    private readonly sessions: ConsoleSessions,
    private readonly issuers: TrustedIssuers,
    private readonly keys: PersonKeys,
    private readonly passkeys: OwnPasskeys,
    private readonly hub: HubIdentity,
    private readonly pages: PageSender,
    @Inject(PEOPLE_OPTIONS) private readonly options: PeopleOptions,
  ) {}

  @Get('sign-in')
  @Public(true)
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const issuers = issuerLinks(await this.issuers.choices(), languageOf(request.headers['accept-language']));
    this.pages.send(request, reply, signInPage(this.options, request.caller?.session?.csrf, issuers));
  }

  @Get('enrol')
  @Public(true)
  enrol(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.pages.send(request, reply, { ...ENROL_PAGE, csrf: request.caller?.session?.csrf });
  }

  @Get('step-up')
  @Public(true)
  async stepUp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const session = this.pages.sessionOr(reply, request);
    if (!session) return;
    const choices = await this.issuers.choices(request.caller!.agencyId);
    const issuers = issuerLinks(choices, languageOf(request.headers['accept-language']), '?again');
    this.pages.send(request, reply, stepUpPage(this.options, session.csrf, issuers));
  }

  @Get('account')
  @Public(true)
  async account(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const session = this.pages.sessionOr(reply, request);
    if (!session) return;
    const [sessions, passkeys, title] = await Promise.all([
      this.sessions.own(session),
      this.passkeys.own(session),
      this.sessions.titleOf(session),
    ]);
    const language = languageOf(request.headers['accept-language']);
    const account = { caller: request.caller!, session, sessions, passkeys, title: title[language] };
    this.pages.send(request, reply, accountPage(account, language));
  }

  @Get('signing')
  @Public(true)
  async signing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const session = this.pages.sessionOr(reply, request);
    if (!session) return;
    const caller = request.caller!;
    const [keys, waiting, stopped, inForce] = await Promise.all([
      this.keys.own(session),
      caller.permissions.has('keys.publish') ? this.keys.requests(caller) : [],
      caller.permissions.has('keys.publish') ? this.keys.stopped(caller) : [],
      caller.permissions.has('agency.administer') ? this.keys.ofOfficers(caller) : [],
    ]);
    const shown = { hub: this.hub.id, caller, session, keys, waiting, stopped, inForce };
    const page = signingPage(shown, languageOf(request.headers['accept-language']));
    this.pages.send(request, reply, page);
  }
}
