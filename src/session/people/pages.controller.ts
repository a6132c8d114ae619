import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerSession } from '../../access/caller.js';
import { Public } from '../../access/permission.js';
import { TrustedDocuments } from '../../edge/trusted-documents.js';
import { HubIdentity } from '../../common/hub-identity.js';
import { type Language, languageOf } from '../../common/messages/messages.js';
import { ConsoleSessions } from './console-sessions.js';
import { issuerLinks } from './issuers/issuer-pages.js';
import { TrustedIssuers } from './issuers/trusted-issuer.js';
import { accountPage } from './pages/account-page.js';
import { type Page, PAGE_HEADERS, renderPage } from './pages/page.js';
import { signingPage } from './pages/signing-page.js';
import { ENROL_PAGE, signInPage, stepUpPage } from './pages/sign-in-pages.js';
import { OwnPasskeys } from './own-passkeys.js';
import { PersonKeys } from './person-keys.js';
import { PEOPLE_OPTIONS, type PeopleOptions } from './people-options.js';

const STYLE = readFileSync(join(import.meta.dirname, 'pages/page.css'), 'utf8');
const SIGNING_SCRIPT = readFileSync(join(import.meta.dirname, 'pages/signing.js'), 'utf8');
const SCRIPT = readFileSync(join(import.meta.dirname, 'pages/browser.js'), 'utf8');

/** Plain pages in English and Vietnamese: sign in, enrol, step up, and the officer's own account and signing. */
@Controller()
export class PagesController {
  private readonly documentIds: Readonly<Record<string, string>>;

  constructor(
    private readonly sessions: ConsoleSessions,
    private readonly issuers: TrustedIssuers,
    documents: TrustedDocuments,
    private readonly keys: PersonKeys,
    private readonly passkeys: OwnPasskeys,
    private readonly hub: HubIdentity,
    @Inject(PEOPLE_OPTIONS) private readonly options: PeopleOptions,
  ) {
    this.documentIds = documents.ids();
  }

  @Get('sign-in')
  @Public(true)
  async signIn(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('lang') lang?: string,
  ): Promise<void> {
    const issuers = issuerLinks(await this.issuers.choices(), languageFor(request, lang));
    this.show(request, reply, lang, signInPage(this.options, request.caller?.session?.csrf, issuers));
  }

  @Get('enrol')
  @Public(true)
  enrol(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('lang') lang?: string): void {
    this.show(request, reply, lang, { ...ENROL_PAGE, csrf: request.caller?.session?.csrf });
  }

  @Get('step-up')
  @Public(true)
  async stepUp(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('lang') lang?: string,
  ): Promise<void> {
    const session = this.sessionOr(reply, request);
    if (!session) return;
    const choices = await this.issuers.choices(request.caller!.agencyId);
    const issuers = issuerLinks(choices, languageFor(request, lang), '?again');
    this.show(request, reply, lang, stepUpPage(this.options, session.csrf, issuers));
  }

  @Get('account')
  @Public(true)
  async account(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('lang') lang?: string,
  ): Promise<void> {
    const session = this.sessionOr(reply, request);
    if (!session) return;
    const [sessions, passkeys, title] = await Promise.all([
      this.sessions.own(session),
      this.passkeys.own(session),
      this.sessions.titleOf(session),
    ]);
    const language = languageFor(request, lang);
    const account = { caller: request.caller!, session, sessions, passkeys, title: title[language] };
    this.show(request, reply, lang, accountPage(account, language));
  }

  @Get('signing')
  @Public(true)
  async signing(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('lang') lang?: string,
  ): Promise<void> {
    const session = this.sessionOr(reply, request);
    if (!session) return;
    const caller = request.caller!;
    const [keys, waiting, inForce] = await Promise.all([
      this.keys.own(session),
      caller.permissions.has('officers.enrol') ? this.keys.requests(caller) : [],
      caller.permissions.has('agency.administer') ? this.keys.ofOfficers(caller) : [],
    ]);
    const shown = { hub: this.hub.id, caller, session, keys, waiting, inForce };
    const page = signingPage(shown, languageFor(request, lang));
    this.show(request, reply, lang, page);
  }

  @Get('session/page.css')
  @Public(true)
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  style(): string {
    return STYLE;
  }

  @Get('session/browser.js')
  @Public(true)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  script(): string {
    return SCRIPT;
  }

  @Get('session/signing.js')
  @Public(true)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  signingScript(): string {
    return SIGNING_SCRIPT;
  }

  private sessionOr(reply: FastifyReply, { caller }: FastifyRequest): CallerSession | undefined {
    if (!caller?.session) void reply.header('cache-control', 'no-store').redirect('/sign-in', 303);
    return caller?.session;
  }

  private show(request: FastifyRequest, reply: FastifyReply, lang: string | undefined, page: Page): void {
    const isDemonstration = this.options.demonstrationPage !== undefined;
    void reply
      .headers({ ...PAGE_HEADERS })
      .send(renderPage(page, languageFor(request, lang), { isDemonstration, documents: this.documentIds }));
  }
}

/** The language asked for in the address, else the browser's. */
export function languageFor({ headers }: FastifyRequest, lang: string | undefined): Language {
  return languageOf(lang === 'en' || lang === 'vi' ? lang : headers['accept-language']);
}
