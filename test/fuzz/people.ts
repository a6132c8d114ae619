import type { SoftwareAuthenticator } from '../support/authenticator.js';
import { aLink, anOfficer, aSignedIn, type Browser } from '../support/browser.js';
import type { Party, TestHub } from '../support/hub.js';

/** The roles whose officers attack: those who read, who send, who see nothing personal, and the administrators of agency and hub. */
export const ATTACKING_ROLES = ['ANALYST', 'RELEASER', 'PARTNER_READER', 'AGENCY_ADMIN', 'SYSTEM_ADMIN'] as const;

/** A console of an officer who is signed in. */
export interface OfficersPage {
  officer: string;
  browser: Browser;
  passkey: SoftwareAuthenticator;
}

/**
 * Officers of an agency that may see no canary. What they do to their own agency and, as the operator's, to others is undone after every
 * change; whoever has signed out, or was ended by a colleague, is followed by another.
 */
export class People {
  private readonly pages = new Map<string, OfficersPage>();

  constructor(
    /** The test's hub, at the address of the one that is attacked. */
    private readonly t: TestHub,
    private readonly party: Party,
  ) {}

  /** Somebody with this role who is signed in. */
  async page(role: string): Promise<OfficersPage> {
    const known = this.pages.get(role);
    if (known) return known;
    // Perhaps an administrator has suspended the officers' own unit.
    await this.restore();
    const page = await aSignedIn(this.t, this.party, [role]);
    this.pages.set(role, page);
    return page;
  }

  /** The session of this page has ended. */
  forget(page: OfficersPage): void {
    for (const [role, each] of this.pages) if (each === page) this.pages.delete(role);
  }

  /** The token of an enrolment link that is still good, for an officer who has nothing yet. */
  async link(): Promise<string> {
    return aLink(this.t, this.party, await anOfficer(this.t, this.party, ['ANALYST']));
  }

  /** Takes back what administrators have suspended. */
  async restore(): Promise<void> {
    for (const table of ['hub.agency', 'hub.unit', 'auth.connection'])
      await this.t.database.sql(`UPDATE ${table} SET suspended_at = NULL WHERE suspended_at IS NOT NULL`);
  }
}
