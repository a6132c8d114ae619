import { Controller, Get, Header, Headers, Param } from '@nestjs/common';
import { Public } from '../access/permission.js';
import { NotFound } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import { languageOf } from '../common/messages/messages.js';
import { DemoSignIn } from './demo-sign-in.js';
import { frontPage } from './front-page.js';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Whether the Host header is this machine's, so that no foreign name can be pointed here. */
export function isThisMachine(host: string | undefined): boolean {
  return LOOPBACK_HOST.test(host ?? '');
}

/** Only in a demonstration: its front page, and signing in as its fictional units, so that one `curl` shows something. */
@Controller()
export class DemoController {
  constructor(
    private readonly signIn: DemoSignIn,
    private readonly hub: HubIdentity,
  ) {}

  @Get()
  @Public(true)
  @Header('content-type', 'text/html; charset=utf-8')
  front(@Headers('accept-language') language: string | undefined): string {
    return frontPage(this.hub, this.signIn.homeOf('TH-CUS-LCB'), languageOf(language));
  }

  @Get('demo/front-page.css')
  @Public(true)
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return STYLE;
  }

  /**
   * Header lines for one request, as `curl -H @-` reads them. The Host header must be this machine's, so that no foreign name can be
   * pointed here.
   */
  @Get('demo/sign-in/:unit')
  @Public(true)
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  async headers(@Param('unit') unit: string, @Headers('host') host: string | undefined): Promise<string> {
    if (!isThisMachine(host)) throw new NotFound();
    const headers = await this.signIn.headersFor(unit);
    if (headers === undefined) throw new NotFound();
    return `authorization: ${headers.authorization}\ndpop: ${headers.dpop}\n`;
  }
}

const STYLE = `:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 46rem; }
.fictional { background: #b45309; color: #fff; border-radius: 0.4rem; padding: 0.5rem 0.8rem; font-weight: 600; }
h1 { line-height: 1.2; margin: 1.2rem 0 0.5rem; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 0.4rem; }
pre { overflow-x: auto; padding: 0.8rem; border-radius: 0.4rem; background: color-mix(in srgb, CanvasText 8%, Canvas); font-size: 0.85rem; }
code { font-family: ui-monospace, monospace; }
a { color: LinkText; }
`;
