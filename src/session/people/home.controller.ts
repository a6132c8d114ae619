import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../../access/permission.js';

/** The hub's bare address, as an officer types it, leads to the own account, and from there to sign-in. A demonstration has a front page instead. */
@Controller()
export class HomeController {
  @Get()
  @Public(true)
  home(@Res() reply: FastifyReply): void {
    void reply.header('cache-control', 'no-store').redirect('/account', 303);
  }
}
