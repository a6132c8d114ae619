import { Controller, Get, Header } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.js';
import { Allow } from '../../access/permission.js';

/** What a console needs first: whether somebody is signed in, and the proof for its requests. */
@Controller()
export class SessionController {
  @Get('session')
  @Allow('session.own')
  @Header('cache-control', 'no-store')
  session(@CurrentCaller() { agencyId, unitId, officer, session }: Caller): object {
    const { id, roles, isFresh, csrf } = session!;
    return { id, agency: agencyId, unit: unitId, officer, roles, isFresh, csrf };
  }
}
