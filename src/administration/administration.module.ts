import { Module } from '@nestjs/common';
import { AgenciesResolver } from './agencies.resolver.js';
import { AgenciesService } from './agencies.service.js';
import { ChangesResolver } from './changes.resolver.js';
import { ChangesService } from './changes.service.js';
import { OfficersResolver } from './officers.resolver.js';
import { SessionLimitsResolver } from './session-limits.resolver.js';
import { SessionLimitsService } from './session-limits.service.js';
import { UnitsResolver } from './units.resolver.js';
import { UnitsService } from './units.service.js';

/** What administrators change: an agency's its officers, units and connections; the operator's whether agencies take part. */
@Module({
  providers: [
    AgenciesResolver,
    AgenciesService,
    ChangesResolver,
    ChangesService,
    OfficersResolver,
    SessionLimitsResolver,
    SessionLimitsService,
    UnitsResolver,
    UnitsService,
  ],
})
export class AdministrationModule {}
