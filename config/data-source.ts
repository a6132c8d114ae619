import { DataSource } from 'typeorm';
import { COLUMN_TYPES } from '../src/database/column-types.js';
import { Agency } from '../src/directory/agency.entity.js';
import { Unit } from '../src/directory/unit.entity.js';
import { CreateFloor1795300000000 } from '../migrations/1795300000000-create-floor.js';
import { CreateDirectory1795300001000 } from '../migrations/1795300001000-create-directory.js';
import { CreateTrust1795300002000 } from '../migrations/1795300002000-create-trust.js';
import { CreateSignIn1795300003000 } from '../migrations/1795300003000-create-sign-in.js';
import { CreateExchange1795300004000 } from '../migrations/1795300004000-create-exchange.js';
import { CreateAlerts1795300005000 } from '../migrations/1795300005000-create-alerts.js';
import { CreateRequests1795300006000 } from '../migrations/1795300006000-create-requests.js';
import { CreateUsedProof1795300020000 } from '../migrations/1795300020000-create-used-proof.js';
import { CreateConnectionLimits1795300021000 } from '../migrations/1795300021000-create-connection-limits.js';
import { CreateAccess1795300030000 } from '../migrations/1795300030000-create-access.js';
import { CreateFiles1795300040000 } from '../migrations/1795300040000-create-files.js';
import { CreatePeople1795300050000 } from '../migrations/1795300050000-create-people.js';
import { CreatePasswords1795300055000 } from '../migrations/1795300055000-create-passwords.js';
import { CreateIssuers1795300060000 } from '../migrations/1795300060000-create-issuers.js';
import { CreateSigningByPeople1795300070000 } from '../migrations/1795300070000-create-signing-by-people.js';
import { CreatePersonKeys1795300071000 } from '../migrations/1795300071000-create-person-keys.js';
import { CreateAdministration1795300080000 } from '../migrations/1795300080000-create-administration.js';
import { BindConnectionsToDocuments1795300090000 } from '../migrations/1795300090000-bind-connections-to-documents.js';
import { AddPasskeys1795300100000 } from '../migrations/1795300100000-add-passkeys.js';
import { CreateUploads1795300110000 } from '../migrations/1795300110000-create-uploads.js';
import { CreateConsents1795300115000 } from '../migrations/1795300115000-create-consents.js';
import { CreateDesk1795300118000 } from '../migrations/1795300118000-create-desk.js';
import { CreateDuties1795300120000 } from '../migrations/1795300120000-create-duties.js';
import { CreateFeedback1795300125000 } from '../migrations/1795300125000-create-feedback.js';
import { BindNotes1795300130000 } from '../migrations/1795300130000-bind-notes.js';
import { CreateRegister1795300140000 } from '../migrations/1795300140000-create-register.js';
import { CreateNotices1795300150000 } from '../migrations/1795300150000-create-notices.js';
import { AcknowledgeRestrictions1795300152000 } from '../migrations/1795300152000-acknowledge-restrictions.js';
import { CountReaders1795300160000 } from '../migrations/1795300160000-count-readers.js';
import { DecideActs1795300165000 } from '../migrations/1795300165000-decide-acts.js';
import { CreateOralRequests1795300170000 } from '../migrations/1795300170000-create-oral-requests.js';
import { CreateDrafts1795300200000 } from '../migrations/1795300200000-create-drafts.js';
import { KeepDesksApart1795300210000 } from '../migrations/1795300210000-keep-desks-apart.js';
import { ReachWhoIsThere1795300215000 } from '../migrations/1795300215000-reach-who-is-there.js';
import { KeepDutiesInSight1795300216000 } from '../migrations/1795300216000-keep-duties-in-sight.js';
import { OweConsents1795300217000 } from '../migrations/1795300217000-owe-consents.js';
import { MakeUpStandstill1795300218000 } from '../migrations/1795300218000-make-up-standstill.js';

/** In the order in which they run. What has run somewhere is never changed: a hub refuses a database that another text has made. */
export const MIGRATIONS = [
  CreateFloor1795300000000,
  CreateDirectory1795300001000,
  CreateTrust1795300002000,
  CreateSignIn1795300003000,
  CreateExchange1795300004000,
  CreateAlerts1795300005000,
  CreateRequests1795300006000,
  CreateUsedProof1795300020000,
  CreateConnectionLimits1795300021000,
  CreateAccess1795300030000,
  CreateFiles1795300040000,
  CreatePeople1795300050000,
  CreatePasswords1795300055000,
  CreateIssuers1795300060000,
  CreateSigningByPeople1795300070000,
  CreatePersonKeys1795300071000,
  CreateAdministration1795300080000,
  BindConnectionsToDocuments1795300090000,
  AddPasskeys1795300100000,
  CreateUploads1795300110000,
  CreateConsents1795300115000,
  CreateDesk1795300118000,
  CreateDuties1795300120000,
  CreateFeedback1795300125000,
  BindNotes1795300130000,
  CreateRegister1795300140000,
  CreateNotices1795300150000,
  AcknowledgeRestrictions1795300152000,
  CountReaders1795300160000,
  DecideActs1795300165000,
  CreateOralRequests1795300170000,
  CreateDrafts1795300200000,
  KeepDesksApart1795300210000,
  ReachWhoIsThere1795300215000,
  KeepDutiesInSight1795300216000,
  OweConsents1795300217000,
  MakeUpStandstill1795300218000,
];

/** The server's connections, as hub_app. Pipelined: a transaction's statements leave without waiting for each other. */
export function appDataSource(url: string, poolSize: number): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [Agency, Unit],
    synchronize: false,
    installExtensions: false,
    applicationName: 'liaison-hub',
    extra: {
      pipeline: true,
      types: COLUMN_TYPES,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 5_000,
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 10_000,
    },
  });
}

/** The connection of the migration command, as hub_migrate. */
export function migrationDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize: 1,
    synchronize: false,
    installExtensions: false,
    migrations: MIGRATIONS,
    migrationsTableName: 'liaison_migration',
    migrationsTransactionMode: 'each',
  });
}
