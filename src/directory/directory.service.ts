import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { HubIdentity } from '../common/hub-identity.js';
import { Agency } from './agency.entity.js';
import { agreementModel, readAgreements } from './agreement.js';
import type { Community, Me } from './directory.models.js';
import { Unit } from './unit.entity.js';

@Injectable()
export class DirectoryService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly hub: HubIdentity,
    private readonly clock: Clock,
  ) {}

  agencies(caller: Caller): Promise<Agency[]> {
    return this.database.as(caller, (tx) => tx.find(Agency, { order: { id: 'ASC' } }));
  }

  units(caller: Caller, agencyIds: readonly string[]): Promise<Unit[]> {
    return this.database.as(caller, (tx) =>
      tx
        .createQueryBuilder(Unit, 'unit')
        .where('unit.agency_id = ANY (:agencyIds)', { agencyIds: [...agencyIds] })
        .orderBy('unit.id')
        .getMany(),
    );
  }

  me(caller: Caller): Promise<Me> {
    return this.database.as(caller, async (tx) => ({
      agency: caller.agencyId,
      unit: caller.unitId,
      officer: caller.officer,
      clearance: caller.clearance === 0 ? 'UNCLASSIFIED' : 'RESTRICTED',
      maySeeNominal: caller.maySeeNominal,
      purpose: caller.purpose,
      permissions: [...caller.permissions].sort(),
      roles: [...(caller.session?.roles ?? [])],
      isFresh: caller.session?.isFresh ?? false,
      hub: this.hub.id,
      now: this.clock.now(),
      agreements: (await readAgreements(tx)).map(agreementModel),
      communities: await readCommunities(tx),
    }));
  }
}

function readCommunities(tx: EntityManager): Promise<Community[]> {
  const text = 'SELECT c.id, c.name_en AS "nameEn", c.name_vi AS "nameVi" FROM hub.community c ORDER BY c.name_en';
  return prepared<Community>(tx, 'communities', text);
}
