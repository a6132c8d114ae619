import { Module } from '@nestjs/common';
import { AdministrationController } from './administration.controller.js';
import { AgenciesResolver } from './agencies.resolver.js';
import { AgenciesService } from './agencies.service.js';
import { ChangesResolver } from './changes.resolver.js';
import { ChangesService } from './changes.service.js';
import { OfficersResolver } from './officers.resolver.js';
import { RulesResolver } from './rules.resolver.js';
import { RulesService } from './rules.service.js';
import { SessionLimitsResolver } from './session-limits.resolver.js';
import { SessionLimitsService } from './session-limits.service.js';
import { SharingRulesResolver } from './sharing-rules.resolver.js';
import { SharingRulesService } from './sharing-rules.service.js';
import { UnitsResolver } from './units.resolver.js';
import { UnitsService } from './units.service.js';

/** What administrators change: an agency's its officers, units, connections and rules; the operator's whether agencies take part. */
@Module({
  controllers: [AdministrationController],
  providers: [
    AgenciesResolver,
    AgenciesService,
    ChangesResolver,
    ChangesService,
    OfficersResolver,
    RulesResolver,
    RulesService,
    SessionLimitsResolver,
    SessionLimitsService,
    SharingRulesResolver,
    SharingRulesService,
    UnitsResolver,
    UnitsService,
  ],
})
export class AdministrationModule {}
