import { Body, Controller, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encode } from 'uqr';
import { Public } from '../../access/permission.js';
import { checkText } from './input.js';
import type { PasswordOffer } from './passwords.js';
import { OwnPageGuard } from './same-origin.js';
import { begun } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

/** A QR code as an SVG path, one unit a module. */
interface Drawing {
  size: number;
  path: string;
}

/** What the pages' script asks for where there is no passkey: enrolment and sign-in with password and code. */
@Controller()
@UseGuards(OwnPageGuard)
export class PasswordController {
  constructor(private readonly service: SignInService) {}

  @Post('enrol/password/options')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async options(@Req() request: FastifyRequest, @Body() body: unknown): Promise<PasswordOffer & { qr: Drawing }> {
    const offer = await this.service.offerPassword(request, checkText(body, 'token'));
    return { ...offer, qr: drawn(offer.uri) };
  }

  @Post('enrol/password')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async enrol(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const [token, password, code] = ['token', 'password', 'code'].map((name) => checkText(body, name));
    const given = { token: token!, password: password!, code: digits(code!) };
    return begun(reply, await this.service.enrolPassword(request, given));
  }

  @Post('sign-in/password')
  @Public(true)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const [name, password, code] = ['name', 'password', 'code'].map((each) => checkText(body, each));
    const proof = { name: name!.trim(), password: password!, code: digits(code!) };
    return begun(reply, await this.service.signInByPassword(request, proof));
  }
}

/** Apps show codes in two groups. */
function digits(code: string): string {
  return code.replaceAll(/\s/g, '');
}

function drawn(text: string): Drawing {
  const { size, data } = encode(text, { border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: squares.join('') };
}
