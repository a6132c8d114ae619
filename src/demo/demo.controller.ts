import { Controller, Get, Header, Headers, Param } from '@nestjs/common';
import { Public } from '../access/permission.js';
import { NotFound } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import { languageOf } from '../common/messages/messages.js';
import { DemoTokens } from './demo-tokens.js';
import { frontPage } from './front-page.js';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Whether the Host header is this machine's, so that no foreign name can be pointed here. */
export function isThisMachine(host: string | undefined): boolean {
  return LOOPBACK_HOST.test(host ?? '');
}

/** Only in a demonstration: its front page, and tokens for its fictional units, so that one `curl` shows something. */
@Controller()
export class DemoController {
  constructor(
    private readonly tokens: DemoTokens,
    private readonly hub: HubIdentity,
  ) {}

  @Get()
  @Public(true)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  @Header('x-content-type-options', 'nosniff')
  front(@Headers('accept-language') language: string | undefined): string {
    return frontPage(this.hub, this.tokens.homeOf('TH-CUS-LCB'), languageOf(language));
  }

  @Get('demo/front-page.css')
  @Public(true)
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return STYLE;
  }

  /** An access token of five minutes. The Host header must be this machine's, so that no foreign name can be pointed here. */
  @Get('demo/token/:unit')
  @Public(true)
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  async token(@Param('unit') unit: string, @Headers('host') host: string | undefined): Promise<string> {
    if (!isThisMachine(host)) throw new NotFound();
    const token = await this.tokens.obtain(unit);
    if (token === undefined) throw new NotFound();
    return token;
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
