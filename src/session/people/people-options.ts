import type { SecretsFolder } from '../../database/secrets.js';
import type { SessionLimits } from './console-sessions.js';

/** What sign-in of people needs of the hub. */
export interface PeopleOptions {
  secrets: SecretsFolder;
  limits: SessionLimits;
  /** Where a demonstration lets one sign in with a click; only a demonstration has such a page. */
  demonstrationPage?: string;
}

export const PEOPLE_OPTIONS = Symbol('options of people');
