import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../access/permission.js';
import { languageOf } from '../../../common/messages/messages.js';
import { PAGE_HEADERS, renderPage } from '../pages/page.js';
import { PEOPLE_OPTIONS, type PeopleOptions } from '../people-options.js';
import { checkText } from '../input.js';
import { OwnPageGuard } from '../same-origin.js';
import { begun, markBrowser } from '../sign-in.controller.js';
import { ClientKeys } from '../../client-keys.js';
import { SIGNED_IN_PAGE } from './issuer-pages.js';
import { IssuerSignIn } from './issuer-sign-in.js';
import { OWN } from './own-issuer.js';

/** To a national issuer and back. */
@Controller()
export class IssuerController {
  constructor(
    private readonly service: IssuerSignIn,
    private readonly keys: ClientKeys,
    @Inject(PEOPLE_OPTIONS) private readonly options: PeopleOptions,
  ) {}

  @Get('sign-in/with/:issuer')
  @Public(true)
  async go(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') issuer: string,
    @Query('again') again?: string,
  ): Promise<void> {
    const browser = markBrowser(request, reply);
    const address = await this.service.begin(request, issuer, { browser, isAnew: again !== undefined });
    void reply.header('cache-control', 'no-store').redirect(address.href, 303);
  }

  /**
   * The issuer's page leads here. A browser that comes from another site shows no Strict cookie, and would not after a redirect either: so
   * this is a page of ours, which sets the session and leads on by itself (security.md 5.4).
   */
  @Get(['sign-in/return', 'sign-in/return/:issuer'])
  @Public(true)
  async comeBack(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') issuer = OWN,
  ): Promise<void> {
    const { next } = begun(reply, await this.service.finish(request, issuer));
    const isDemonstration = this.options.demonstrationPage !== undefined;
    const html = renderPage(SIGNED_IN_PAGE, languageOf(request.headers['accept-language']), { isDemonstration });
    void reply.headers({ ...PAGE_HEADERS, refresh: `0;url=${next}` }).send(html);
  }

  /** From the enrolment page: uses its link by signing in at an issuer instead of making a passkey. */
  @Post('enrol/with')
  @Public(true)
  @UseGuards(OwnPageGuard)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async enrol(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const going = { browser: markBrowser(request, reply), linkToken: checkText(body, 'token'), isAnew: true };
    return { next: (await this.service.begin(request, checkText(body, 'issuer'), going)).href };
  }

  /** The public keys that issuers know the hub by. */
  @Get('sign-in/keys')
  @Public(true)
  publicKeys(): object {
    return this.keys.publicKeys();
  }
}
