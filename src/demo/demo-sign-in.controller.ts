import { Body, Controller, Get, Headers, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { Public } from '../access/permission.js';
import { NotFound } from '../common/errors.js';
import { languageOf } from '../common/messages/messages.js';
import { OBTAIN_ACCOUNT } from '../session/people/accounts.js';
import { ConsoleSessions } from '../session/people/console-sessions.js';
import { checkText } from '../session/people/input.js';
import { PAGE_HEADERS, renderPage } from '../session/people/pages/page.js';
import { OwnPageGuard } from '../session/people/same-origin.js';
import { begun } from '../session/people/sign-in.controller.js';
import { inTransaction } from '../session/people/transaction.js';
import { POOL } from '../session/session.module.js';
import { isThisMachine } from './demo.controller.js';
import { demoSignInPage } from './demo-sign-in-page.js';
import { AGENCIES } from './world/directory.js';

/** Only in a demonstration, and only for whoever sits at the machine: one click signs in as one of its fictional officers. */
@Controller('demo/sign-in')
export class DemoSignInController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    private readonly sessions: ConsoleSessions,
  ) {}

  @Get()
  @Public(true)
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (!isThisMachine(request.headers.host)) throw new NotFound();
    const language = languageOf(request.headers['accept-language']);
    const page = { ...demoSignInPage(language), csrf: request.caller?.session?.csrf };
    void reply.headers({ ...PAGE_HEADERS }).send(renderPage(page, language, { isDemonstration: true }));
  }

  @Post()
  @Public(true)
  @HttpCode(200)
  @UseGuards(OwnPageGuard)
  async signIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('host') host: string | undefined,
    @Body() body: unknown,
  ): Promise<object> {
    if (!isThisMachine(host)) throw new NotFound();
    const [agency, officer] = [checkText(body, 'agency'), checkText(body, 'officer')];
    const isOurs = AGENCIES.some(
      (each) => each.agency.id === agency && each.officers.some((o) => o.pseudonym === officer),
    );
    if (!isOurs) throw new NotFound();
    const secret = await inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<{ id: string }>(OBTAIN_ACCOUNT, [agency, officer]);
      if (!rows[0]) throw new NotFound();
      const identity = {
        issuer: this.sessions.issuer,
        subject: rows[0].id,
        acr: 'demonstration',
        authTime: new Date(),
      } as const;
      return this.sessions.begin(tx, identity, request);
    });
    return begun(reply, secret);
  }
}
