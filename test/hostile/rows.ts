/** A hostile input: the name that test titles begin with, what is tried, and the surface that it needs where the hub has none yet. */
export interface Row {
  id: string;
  input: string;
  /** The surface that does not exist yet; without it, a test must name the row. */
  later?: string;
}

const SEALING = 'sealing';
const LOG = 'the tamper-evident log';
const STATISTICS = 'statistics';
const ERASURE = 'erasure and legal hold';

/** Signed objects. */
const SIGNED: Row[] = [
  { id: 'S1', input: 'an accepted object once more' },
  { id: 'S2', input: 'other content under the id of an accepted object' },
  { id: 'S3', input: 'a byte of the payload changed after signing' },
  { id: 'S4', input: 'another spelling of the signature: padding, spaces, trailing bits' },
  { id: 'S5', input: 'a payload that is not in canonical form' },
  { id: 'S6', input: 'a member twice, in payload or header' },
  { id: 'S7', input: 'a byte order mark, bytes that are no UTF-8, a lone surrogate' },
  { id: 'S8', input: 'fractions, too large integers, minus zero, infinity' },
  { id: 'S9', input: 'nothing, null, an array, 200 levels, more than 1 MB' },
  { id: 'S10', input: 'no algorithm, HMAC with the public key, an algorithm that is not the key’s' },
  { id: 'S11', input: 'a header that brings or names a key of its own' },
  { id: 'S12', input: 'critical headers' },
  { id: 'S13', input: 'an unprotected header, a further outer member, another serialisation' },
  { id: 'S14', input: 'no signature, the same one twice, 99 of them' },
  { id: 'S15', input: 'a good signature beside a bad one' },
  { id: 'S16', input: 'the type of something else; a kind that is not the type’s' },
  { id: 'S17', input: 'an object made for another hub' },
  { id: 'S18', input: 'signed in the future, too long ago, at no time' },
  { id: 'S19', input: 'a key identifier that is unknown, a path, SQL, a prototype' },
  { id: 'S20', input: 'the name of another agency or unit; another’s key identifier' },
  { id: 'S21', input: 'a key that is expired, early, revoked, for another use or another kind' },
  { id: 'S22', input: 'keys of small order, off the curve, in another encoding' },
  { id: 'S23', input: 'a key without proof of possession, or another’s' },
  { id: 'S24', input: 'a key set that leaves a gap, forgets its past, or was signed by too few roots' },
  { id: 'S25', input: 'an ES256 signature in its other form' },
  { id: 'S26', input: 'a reply to another text than the one it names' },
  { id: 'S27', input: 'author and releaser in one where two are needed; a releaser of another unit' },
  { id: 'S28', input: 'an attachment with another digest, or of another agency' },
  { id: 'S29', input: 'a receipt or a key set as an object' },
  { id: 'S30', input: 'a new version of another’s object, or of a recalled one' },
];

/** Sealing between two agencies. */
const SEALED: Row[] = [
  { id: 'E1', input: 'encryption that compresses, needs no key, or makes the reader work', later: SEALING },
  { id: 'E2', input: 'recipients other than the signed ones', later: SEALING },
  { id: 'E3', input: 'ciphertext of one envelope in another', later: SEALING },
  { id: 'E4', input: 'an ephemeral key off the curve or of small order', later: SEALING },
  { id: 'E5', input: '10 000 recipients', later: SEALING },
  { id: 'E6', input: 'a seal passed on to somebody whom it does not name', later: SEALING },
  { id: 'E7', input: 'a seal that its originator could not open', later: SEALING },
];

/** GraphQL and HTTP. */
const EDGE: Row[] = [
  { id: 'G1', input: 'introspection' },
  { id: 'G2', input: 'depth, through fragments, in a circle' },
  { id: 'G3', input: 'many aliases, also by spreading one fragment' },
  { id: 'G4', input: 'many directives, tokens, fields' },
  { id: 'G5', input: 'many overlapping fields' },
  { id: 'G6', input: 'a batch' },
  { id: 'G7', input: 'an operation by GET' },
  { id: 'G8', input: 'other media types, which a form can send' },
  { id: 'G9', input: 'a body of megabytes, a compressed bomb' },
  { id: 'G10', input: 'other character sets' },
  { id: 'G11', input: 'misspelt names, for suggestions' },
  { id: 'G12', input: 'an error of the database' },
  { id: 'G13', input: 'page sizes that are no page sizes' },
  { id: 'G14', input: 'documents that are not in the list, from a browser' },
  { id: 'G15', input: 'a persisted query that brings its own text' },
  { id: 'G16', input: 'two operations without a name, or another’s' },
  { id: 'G17', input: 'variables that are deep, long or unknown' },
  { id: 'G18', input: 'prototypes as keys' },
  { id: 'G19', input: 'answers in pieces' },
  { id: 'G20', input: '__typename by the hundred' },
  { id: 'G21', input: 'a member of the body twice' },
  { id: 'G22', input: 'headers that claim another method or address' },
  { id: 'G23', input: 'a request that another site caused' },
  { id: 'G24', input: 'a request without the session’s proof, or with another’s' },
  { id: 'G25', input: 'a cursor edited, of another caller, of another list' },
  { id: 'G26', input: 'the id of another type' },
  { id: 'G27', input: 'sorting and filtering by personal details' },
  { id: 'G28', input: 'wildcards, operators and expressions in a search' },
  { id: 'G29', input: 'markup and invisible characters in texts' },
  { id: 'G30', input: 'formulas in an export', later: 'export as CSV' },
  { id: 'G31', input: 'slow bodies, 10 000 headers, pipelining' },
  { id: 'G32', input: 'a sensitive mutation many times under aliases' },
];

/** Sign-in and tokens. */
const SIGN_IN: Row[] = [
  { id: 'A1', input: 'a bound token without its proof' },
  { id: 'A2', input: 'a proof for another request, token or key' },
  { id: 'A3', input: 'a proof twice' },
  { id: 'A4', input: 'a client assertion twice, or for another audience' },
  { id: 'A5', input: 'a token of another kind, issuer or audience' },
  { id: 'A6', input: 'an authorisation code twice, or with another verifier' },
  { id: 'A7', input: 'a redirect address that is nearly the right one' },
  { id: 'A8', input: 'the answer of another issuer' },
  { id: 'A9', input: 'an issuer that speaks for another state’s officers' },
  { id: 'A10', input: 'the same address of mail under another identity' },
  { id: 'A11', input: 'a passkey’s answer for another challenge, site or officer' },
  { id: 'A12', input: 'a one-time code twice, or guessed' },
  { id: 'A13', input: 'an unknown officer, a wrong answer' },
  { id: 'A14', input: 'a flood of sign-ins' },
  { id: 'A15', input: 'a cookie from before sign-in' },
  { id: 'A16', input: 'a cookie after its ground has gone' },
  { id: 'A17', input: 'an enrolment link twice, late, elsewhere' },
  { id: 'A18', input: 'a token or proof with another algorithm, lifetime or key' },
  { id: 'A19', input: 'a higher clearance by an issuer’s claim' },
];

/** Access and database. */
const DATABASE: Row[] = [
  { id: 'D1', input: 'an id of another agency, in every operation' },
  { id: 'D2', input: 'no context, or one that was forged, altered or has expired' },
  { id: 'D3', input: 'a connection after an error' },
  { id: 'D4', input: 'a row for another agency' },
  { id: 'D5', input: 'a hidden id or reference, tried out by using it' },
  { id: 'D6', input: 'leaving a community with a page or feed open' },
  { id: 'D7', input: 'joining a community' },
  { id: 'D8', input: 'what is left after recall and expiry' },
  { id: 'D9', input: 'passing on without consent, or with another’s' },
  { id: 'D10', input: 'a summary marked lower than what it was made of', later: 'situation reports of operations' },
  { id: 'D11', input: 'evidence made of what may not be evidence', later: 'evidence exports' },
  { id: 'D12', input: 'conditions that were not acknowledged', later: 'the acknowledgement of conditions' },
  { id: 'D13', input: 'personal details without clearance, by any way' },
  { id: 'D14', input: 'counts that narrow down to a hidden row', later: 'counts of objects' },
  { id: 'D15', input: 'an administrator who reads content' },
  { id: 'D16', input: 'roles, settings and definitions changed by the server’s role' },
  { id: 'D17', input: 'SQL in every text' },
  { id: 'D18', input: 'a table without row security' },
  { id: 'D19', input: 'a view with its owner’s rights' },
  { id: 'D20', input: 'random ids by the thousand' },
];

/** The log, sockets, files, privacy. */
const REST: Row[] = [
  { id: 'L1', input: 'an entry altered, removed, moved', later: LOG },
  { id: 'L2', input: 'a sequencer on yesterday’s database', later: LOG },
  { id: 'L3', input: 'two sequencers', later: LOG },
  { id: 'L4', input: 'a witness that is shown something else', later: LOG },
  { id: 'L5', input: 'a checkpoint with a good and a bad signature', later: LOG },
  { id: 'L6', input: 'proofs of inclusion that do not prove', later: LOG },
  { id: 'L7', input: 'an entry of a transaction that was rolled back' },
  { id: 'W1', input: 'sockets that do not keep the protocol' },
  { id: 'W2', input: 'a session that ends while a socket is open' },
  { id: 'F1', input: 'files that are not what they say, too large, or named as paths' },
  { id: 'F2', input: 'a file of another agency’s object, or of a recalled one' },
  { id: 'P1', input: 'erasing what is under legal hold', later: ERASURE },
  { id: 'P2', input: 'what is left after erasure', later: ERASURE },
  { id: 'P3', input: 'statistics of few, and differences of two', later: STATISTICS },
  { id: 'P4', input: 'who opened another agency’s object' },
  { id: 'P5', input: 'access for a purpose that there is not' },
];

/** What broke in systems like this one. */
const THREATS: Row[] = [
  { id: 'threats 1', input: 'a field or operation without a rule' },
  { id: 'threats 2', input: 'an id of another type, owner or parent, in every operation' },
  { id: 'threats 3', input: 'foreign ids inside of what is sent' },
  { id: 'threats 4', input: 'a foreign id in the middle of a list' },
  { id: 'threats 5', input: 'every role with every verb and state' },
  { id: 'threats 6', input: 'an operation with a weaker right than its siblings' },
  { id: 'threats 7', input: 'hidden objects behind edges, types and counts' },
  { id: 'threats 8', input: 'the same object twice, by two ways' },
  { id: 'threats 9', input: 'the time that an unknown and a forbidden id take' },
  { id: 'threats 10', input: 'every way to read, against one rule' },
  { id: 'threats 11', input: 'loss of access: one tombstone' },
  { id: 'threats 12', input: 'gain of access: nothing of before' },
  { id: 'threats 13', input: 'references to what the reader may not see' },
  { id: 'threats 14', input: 'a duplicate of a hidden object' },
  { id: 'threats 15', input: 'conflicts with what others have' },
  { id: 'threats 16', input: 'counts of few, and differences of two', later: STATISTICS },
  { id: 'threats 17', input: 'a group that was changed after a release' },
  { id: 'threats 18', input: 'news for somebody who has lost access' },
  { id: 'threats 19', input: 'an administrator and the officers of others' },
  { id: 'threats 20', input: 'every claim of a token, wrong or missing' },
  { id: 'threats 21', input: 'an identity service that answers nothing' },
  { id: 'threats 22', input: 'an identity in a header' },
  { id: 'threats 23', input: 'a system’s key: scope, networks, lifetime, revocation, open connections' },
  { id: 'threats 24', input: 'limits of sign-in, by every way around them' },
  { id: 'threats 25', input: 'secrets in the database' },
  { id: 'threats 26', input: 'what asks for the passkey again, whatever is accepted' },
  { id: 'threats 27', input: 'introspection in odd spellings' },
  { id: 'threats 28', input: 'limits of documents' },
  { id: 'threats 29', input: 'internals in errors' },
  { id: 'threats 30', input: 'anything but POST and JSON' },
  { id: 'threats 31', input: 'secrets of the environment in public answers' },
  { id: 'threats 32', input: 'addresses that the server is to fetch' },
  { id: 'threats 33', input: 'templates in texts' },
  { id: 'threats 34', input: 'names, paths and keys of files from a client' },
  { id: 'threats 35', input: 'files by content, size and length' },
  { id: 'threats 36', input: 'JSON at its edges' },
  { id: 'threats 37', input: 'scripts in every text that a page shows' },
  { id: 'threats 38', input: 'addresses in links and redirects' },
  { id: 'threats 39', input: 'the whole surface of GET' },
  { id: 'threats 40', input: 'names of fields, orders and filters' },
  { id: 'threats 41', input: 'any byte of a signed object' },
  { id: 'threats 42', input: 'a revoked or early key; keys inside of a document' },
  { id: 'threats 43', input: 'an older version once more' },
  { id: 'threats 44', input: 'a log that was edited or forked', later: LOG },
  { id: 'threats 44a', input: 'each check, forced to fail' },
  { id: 'threats 45', input: 'a backup that rolls the log back', later: LOG },
  { id: 'threats 46', input: 'granting, revoking and reading at once' },
  { id: 'threats 47', input: 'several questions in one' },
  { id: 'threats 48', input: 'ids in another case or form; page marks of others' },
];

/** The whole list: section 8 of the security design, then the tests that published faults of similar systems ask for. */
export const ROWS: readonly Row[] = [...SIGNED, ...SEALED, ...EDGE, ...SIGN_IN, ...DATABASE, ...REST, ...THREATS];

const NAME = /(?:[SEGADLWFP]\d{1,2}|threats \d{1,2}a?)(?![\w-])/;
const FURTHER = new RegExp(`(?:, | and )(?:${NAME.source}|\\d{1,2}a?(?![\\w-]))`);
const NAMES = new RegExp(`^${NAME.source}(?:${FURTHER.source})*(?= )`);

/** The rows that a title begins with: "S4 …", "D6, D7 …", "A14 and threats 24 …", "threats 1 and 2 …". */
export function rowsNamedIn(title: string): string[] {
  const [names = ''] = NAMES.exec(title) ?? [];
  let isThreat = false;
  return names
    .split(/, | and /)
    .filter(Boolean)
    .map((name) => {
      isThreat = name.startsWith('threats') || (isThreat && /^\d/.test(name));
      return /^\d/.test(name) ? `threats ${name}` : name;
    });
}

/** What jest's --testNamePattern needs to run every test that names a row, and few others. */
export const NAMES_A_ROW = '(^| )([SEGADLWFP][0-9]{1,2}|threats [0-9]{1,2}a?)[ ,]';
