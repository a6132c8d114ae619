import { Body, Controller, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.js';
import { Allow, Public } from '../../access/permission.js';
import { languageOf } from '../../common/messages/messages.js';
import { visible } from '../../common/visible-text.js';
import { freshSecret } from '../../database/secrets.js';
import { ConsoleSessions } from './console-sessions.js';
import { clearCookie, secretIn, setCookie } from './cookies.js';
import { checkRecord, checkText } from './input.js';
import { OwnInteractions } from './issuers/own-interactions.js';
import { TrustedIssuers } from './issuers/trusted-issuer.js';
import { OwnPageGuard } from './same-origin.js';
import { SignInService } from './sign-in.service.js';

/** A browser's mark lives as long as the longest of what hangs on it: an enrolment link. */
const BROWSER_SECONDS = 900;

/** What the pages' script asks for: sign-in, step-up, enrolment and sign-out. */
@Controller()
@UseGuards(OwnPageGuard)
export class SignInController {
  constructor(
    private readonly service: SignInService,
    private readonly sessions: ConsoleSessions,
    private readonly issuers: TrustedIssuers,
    private readonly interactions: OwnInteractions,
  ) {}

  @Post('sign-in/options')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  signInOptions(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.service.signInOptions(markBrowser(request, reply));
  }

  @Post('sign-in')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const response = checkRecord(body, 'response') as unknown as AuthenticationResponseJSON;
    if (!(await this.interactions.waits(request, reply)))
      return begun(reply, await this.service.signIn(request, response));
    const accountId = await this.service.prove(request, response);
    return { next: await this.interactions.finish(request, reply, accountId) };
  }

  @Post('enrol/open')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async openLink(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const { enrollee, options } = await this.service.openLink(checkText(body, 'token'), markBrowser(request, reply));
    const isVietnamese = languageOf(request.headers['accept-language']) === 'vi';
    const choices = enrollee.adds === null ? await this.issuers.choices(enrollee.agencyId) : [];
    const issuers = choices.map(({ id, nameEn, nameVi }) => ({
      id,
      name: visible(isVietnamese ? nameVi : nameEn),
    }));
    const title = visible(isVietnamese ? enrollee.titleVi : enrollee.titleEn);
    return { agency: enrollee.agencyId, title, options, issuers, adds: enrollee.adds };
  }

  @Post('enrol')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async enrol(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const response = checkRecord(body, 'response') as unknown as RegistrationResponseJSON;
    const secret = await this.service.enrol(request, checkText(body, 'token'), response);
    return secret === null ? { waits: true } : begun(reply, secret, '/signing');
  }

  @Post('step-up/options')
  @Allow('session.own')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  stepUpOptions(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.service.stepUpOptions(caller.session!, markBrowser(request, reply));
  }

  @Post('step-up')
  @Allow('session.own')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async stepUp(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<object> {
    const response = checkRecord(body, 'response') as unknown as AuthenticationResponseJSON;
    return begun(reply, await this.service.stepUp(request, caller.session!, response));
  }

  /**
   * Ends the session and has the browser forget its cached pages. Not its storage, which is where a console keeps the officer's own
   * keys, nor "cookies", which would reach every host of the same domain: our own cookie is cleared by name.
   */
  @Post('sign-out')
  @Allow('session.own')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('clear-site-data', '"cache"')
  async signOut(@Res({ passthrough: true }) reply: FastifyReply, @CurrentCaller() caller: Caller): Promise<object> {
    await this.sessions.end(caller.session!, caller.session!.id);
    void reply.header('set-cookie', clearCookie('__Host-liaison'));
    return { next: '/sign-in' };
  }
}

/** Gives the browser its session, in place of any it had, and says where to go on. */
export function begun(reply: FastifyReply, secret: string, next = '/account'): { next: string } {
  void reply.header('set-cookie', [setCookie('__Host-liaison', secret), clearCookie('__Host-liaison-login')]);
  return { next };
}

/** The browser's mark, given to it when it has none. */
export function markBrowser({ headers }: FastifyRequest, reply: FastifyReply): string {
  const browser = secretIn(headers, '__Host-liaison-login') ?? freshSecret();
  void reply.header('set-cookie', setCookie('__Host-liaison-login', browser, BROWSER_SECONDS));
  return browser;
}
