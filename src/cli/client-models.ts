/** What the hub's API gives, as this client asks for it. */

/** What can be composed: the document that asks for it, the kind of object that comes of it, and what that does where a kind does several things. */
export const COMPOSERS = {
  alert: { document: 'ComposeAlert', kind: 'alert' },
  request: { document: 'ComposeRequest', kind: 'request' },
  answer: { document: 'ComposeAnswer', kind: 'answer' },
  feedback: { document: 'ComposeFeedback', kind: 'feedback' },
  note: { document: 'ComposeNote', kind: 'note' },
  recall: { document: 'ComposeRecall', kind: 'recall' },
  oral: { document: 'ComposeOralRequest', kind: 'oral' },
  'consent-request': { document: 'ComposeConsentRequest', kind: 'consent', acts: ['ASK'] },
  'consent-answer': { document: 'ComposeConsentAnswer', kind: 'consent', acts: ['GRANT', 'DENY'] },
  'consent-revocation': { document: 'ComposeConsentRevocation', kind: 'consent', acts: ['REVOKE'] },
} satisfies Record<string, { document: string; kind: string; acts?: readonly string[] }>;

export type Composable = keyof typeof COMPOSERS;

/** What to sign with one key of the unit. */
export interface SigningRequest {
  kid: string;
  alg: string;
  protected: string;
  signingInput: string;
}

/** A part as text; it may hold personal details. */
export interface PartText {
  name: string;
  text: string;
}

/** Why something may not be sent to an addressee. */
export interface Refusal {
  to: string;
  code: string;
  pointer: string;
  message: string;
}

/** Who would see what. */
export interface Preview {
  readers: {
    agency: string;
    unit: string;
    nameEn: string;
    nameVi: string;
    officers: number;
    notReading: { reason: string; officers: number }[];
  }[];
  neighbours: { unit: string; nameEn: string; nameVi: string; officers: number | null; fewerThan: number | null }[];
  restrictedParts: string[];
  legalBasis: string | null;
  expiresAt: string | null;
  notes: string[];
  warnings: { code: string; message: string }[];
  refusals: Refusal[];
}

/** An object ready to be signed, for one addressee; without text when it is refused. */
export interface Composition {
  to: string[];
  id: string;
  text: string | null;
  digest: string | null;
  signing: SigningRequest[];
  parts: PartText[];
  preview: Preview;
}

/** A signed object with the parts that belong to it. */
export interface SignedText {
  text: string;
  parts: PartText[];
}

/** What became of a submission. */
export interface Submitted {
  id: string;
  receipt: string;
  repeated: boolean;
}

/** What a list shows of an object. */
export interface Summary {
  id: string;
  kind: string;
  from: string;
  unit: string;
  to: string[];
  ref: string | null;
  title: string | null;
  urgency: string | null;
  digest: string;
  createdAt: string;
  receivedAt: string;
  hasParts: boolean;
  isSuperseded: boolean;
  isRecalled: boolean;
}

/** An opened object. `parts` is empty unless they were asked for. */
export interface Opened extends Summary {
  text: string;
  receipt: string;
  inReplyTo: string | null;
  supersedes: string | null;
  parts: { name: string; text: string | null; withheld: string | null }[];
}

/** A file that was uploaded, as a signed object names it, and what became of it. */
export interface Uploaded {
  attachment: { sha256: string; size: string; mediaType: string };
  state: 'QUARANTINED' | 'CLEAN' | 'REFUSED';
}

/** A page of a list, newest first. */
export interface Page {
  nodes: Summary[];
  endCursor: string | null;
  hasNextPage: boolean;
}

/** What to list. */
export interface ListOptions {
  box?: 'inbox' | 'outbox';
  first?: number;
  after?: string;
  kind?: string;
  /** Exact look-up; `field` is a LookUpField of the API such as CONTAINER. */
  lookUp?: { field: string; value: string };
}

/** What one reader did with an object. */
export interface Access {
  act: 'OPENED' | 'EXPORTED' | 'HIT' | 'NOMINAL_VIEWED' | 'FILE_DOWNLOADED';
  at: string;
  agency: string;
  unit: string;
  officer: string | null;
  officerTitleEn: string | null;
  officerTitleVi: string | null;
  purpose: string;
}

/** A page of the acts on an object, newest first. */
export interface AccessPage {
  nodes: Access[];
  endCursor: string | null;
  hasNextPage: boolean;
}

/** What one side of an exchange owes the other, as the hub tells it. */
export interface Duty {
  kind: string;
  object: string | null;
  objectKind: string;
  ref: string;
  owedBy: string;
  owedByUnit: string | null;
  owedTo: string;
  owedToUnit: string | null;
  urgency: string;
  since: string;
  dueAt: string;
  isOverdue: boolean;
  isPaused: boolean;
  reminded: number;
  because: string;
}

/** Whose duties are asked for, and which page of them. */
export interface DutyOptions {
  owed: 'BY_US' | 'TO_US';
  partner?: string;
  unit?: string;
  first?: number;
  after?: string;
}

/** A page of duties, what is due first standing first. */
export interface DutyPage {
  nodes: Duty[];
  endCursor: string | null;
  hasNextPage: boolean;
}

/** How much is open, by partner and unit of the own agency. */
export interface DutyTotals {
  open: number;
  overdue: number;
  isComplete: boolean;
  totals: { partner: string; unit: string | null; open: number; overdue: number; firstDueAt: string }[];
}

/** Where a request stands, and all that followed, as the hub tells it. */
export interface RequestThread {
  id: string;
  ref: string;
  state: string;
  side: 'INCOMING' | 'OUTGOING';
  from: string;
  to: string;
  urgency: string;
  neededBy: string;
  questionsAsked: number;
  questionsOpen: number;
  permittedActs: string[];
  questions: { no: number; text: string; state: string; answeredBy: string | null }[];
  thread: { act: string; object: Summary }[];
}

/** An agency or a unit of one, with its code and names. */
interface Listed {
  id: string;
  nameEn: string;
  nameVi: string;
  validUntil: string | null;
  successorId: string | null;
}

export interface ListedAgency extends Listed {
  kind: string;
  units: (Listed & { place: string | null; phone24h: string | null })[];
}

/** The directory, and what the caller's agency belongs to. */
export interface Directory {
  agencies: ListedAgency[];
  agreements: { id: string; titleEn: string; titleVi: string; parties: string[]; articles: { id: string }[] }[];
  communities: { id: string; nameEn: string; nameVi: string }[];
}

/** One change in what the caller may see; `object` is null when it is gone. */
export interface Change {
  cursor: string;
  act: 'RELEASED' | 'RECALLED' | 'EXPIRED' | 'LAPSED';
  objectId: string;
  object: Summary | null;
}

/** A stretch of the feed, oldest first. */
export interface Changes {
  changes: Change[];
  endCursor: string;
  hasMore: boolean;
}

/** Who the hub takes the caller for. */
export interface Me {
  agency: string;
  unit: string;
  hub: string;
  now: string;
  permissions: string[];
}

/** An administration that is not on the hub. */
export interface OutsidePartner {
  id: string;
  nameEn: string;
  nameVi: string;
  nameOwn: string | null;
  country: string;
}

/** What became of a row of an old register. */
export interface ImportedRow {
  state: 'NEW' | 'KNOWN' | 'REFUSED';
  problems: { field: string; rule: string; message: string }[];
}

/** A condition of the provider in its own words. */
export interface Restriction {
  text: string;
  digest: string;
  acknowledgedAt: string | null;
}
