import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { CODE_LISTS } from '../../src/common/codes/code-list.js';
import { ALERT_ACTS, ALERT_DUTY_RULES } from '../../src/alerts/alert-duties.js';
import { DraftStates } from '../../src/drafts/draft-codes.js';
import { DAYS_TO_LAPSE, DRAFT_MOVES, DRAFT_STATES } from '../../src/drafts/draft-states.js';
import { DEADLINE_NAMES, type DeadlineName, PROFILES, type Span, URGENCIES } from '../../src/duties/deadlines.js';
import type { DutyEffect, DutyRule } from '../../src/duties/duty-rule.js';
import { ORAL_DUTY_RULES, ORAL_MOVES, ORAL_STATES } from '../../src/requests/oral-states.js';
import { REQUEST_DUTY_RULES } from '../../src/requests/request-duties.js';
import { ConsentActs, ConsentStates } from '../../src/consents/consent-codes.js';
import { CONSENT_ACTS, CONSENT_HOURS, CONSENT_MOVES, CONSENT_STATES } from '../../src/consents/consent-states.js';
import { OralRequestStates, RequestActs, RequestStates } from '../../src/requests/request-codes.js';
import { REQUEST_ACTS, REQUEST_MOVES, REQUEST_STATES, type RequestMove } from '../../src/requests/request-states.js';

/*
 * docs/state-machines.md is written from the tables that the hub runs on: UPDATE_STATES=1 npm test -- test/rules/state-machines writes it.
 */

const PAGE = join(PROJECT_FOLDER, 'docs/state-machines.md');
const SIDES = { REQUESTER: 'who asks', REQUESTED: 'who is asked', CLOCK: 'the hub, by the clock' };

describe('docs/state-machines.md', () => {
  it('is the tables that run', async () => {
    const text = await format(page(), { ...(await resolveConfig(PAGE)), filepath: PAGE });
    if (process.env['UPDATE_STATES'] === '1') writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, 'utf8')).toBe(text);
  });

  it('explains every state and act', () => {
    expect(Object.keys(RequestStates).toSorted()).toEqual([...REQUEST_STATES].toSorted());
    expect(Object.keys(RequestActs).toSorted()).toEqual([...REQUEST_ACTS].toSorted());
    expect(Object.keys(OralRequestStates).toSorted()).toEqual([...ORAL_STATES].toSorted());
    const known = new Set<string>(ALERT_ACTS);
    expect(ALERT_DUTY_RULES.filter(({ act }) => !known.has(act))).toEqual([]);
    expect(Object.keys(ConsentStates).toSorted()).toEqual([...CONSENT_STATES].toSorted());
    expect(Object.keys(DraftStates).toSorted()).toEqual([...DRAFT_STATES].toSorted());
    expect(Object.keys(ConsentActs).toSorted()).toEqual([...CONSENT_ACTS].toSorted());
  });
});

function page(): string {
  return `# State machines

Written from the tables that the hub runs on (\`UPDATE_STATES=1 npm test -- test/rules/state-machines\`); do not edit.

## A request for assistance

The table stands in [\`src/requests/request-states.ts\`](../src/requests/request-states.ts). Checks before signing, the acts that are offered, and
PostgreSQL, which decides under a lock, read the same rows. Every act but LAPSE is a signed object; none of them is undone.

${diagram()}

### States

| state | what it means |
| --- | --- |
${rows(REQUEST_STATES, 'RequestState')}

### Acts

| act | what it does |
| --- | --- |
${rows(REQUEST_ACTS, 'RequestAct')}

### Moves

A request that waits remembers where it returns to.

| from | act | by | to | returns to |
| --- | --- | --- | --- | --- |
${REQUEST_MOVES.map(row).join('\n')}

### Clocks

The table stands in [\`src/requests/request-duties.ts\`](../src/requests/request-duties.ts). A notice of delay and the postponement of some questions do
not move the time for the answer. After a refusal or a transfer no report is owed, though the request can be closed.

${rulesOf(REQUEST_DUTY_RULES)}

## A request by word of mouth

The table stands in [\`src/requests/oral-states.ts\`](../src/requests/oral-states.ts). Who is asked by telephone notes it in a signed object of the kind
\`oral\`; the note itself moves nothing of the request in writing, whose own clocks begin when that is received.

\`\`\`mermaid
stateDiagram-v2
  [*] --> ORAL_RECEIVED: noted
${ORAL_MOVES.map(({ from, to, how }) => `  ${from} --> ${to}: ${how}`).join('\n')}
\`\`\`

| state | what it means |
| --- | --- |
${rows(ORAL_STATES, 'OralRequestState')}

| from | by | how | to |
| --- | --- | --- | --- |
${ORAL_MOVES.map(({ from, by, how, to }) => `| \`${from}\` | ${SIDES[by]} | ${how} | \`${to}\` |`).join('\n')}

${rulesOf(ORAL_DUTY_RULES)}

Each of the moves ends that duty.

## An alert

An alert has no state but its validity; what runs are the duties of each addressee
([\`src/alerts/alert-duties.ts\`](../src/alerts/alert-duties.ts)). A duty belongs to the unit that was addressed, or to the agency as a whole; of a
community, to each member. The sender can do without the results of an addressee, which ends both reports.

${rulesOf(ALERT_DUTY_RULES)}

## A consent

The table stands in [\`src/consents/consent-states.ts\`](../src/consents/consent-states.ts), and is used like the one above. The question is about one
version of one object; a newer version needs a consent of its own. What was passed on before a revocation stays with its reader until it ends or is recalled.

\`\`\`mermaid
stateDiagram-v2
  [*] --> ASKED: ASK
${CONSENT_MOVES.map(({ from, act, to }) => `  ${from} --> ${to}: ${act}`).join('\n')}
  ASKED --> EXPIRED: silence
  GRANTED --> EXPIRED: expiresAt
  GRANTED_WITH_CONDITIONS --> EXPIRED: expiresAt
\`\`\`

| state | what it means |
| --- | --- |
${rows(CONSENT_STATES, 'ConsentState')}

| act | what it does |
| --- | --- |
${rows(CONSENT_ACTS, 'ConsentAct')}

| from | act | by | to |
| --- | --- | --- | --- |
${CONSENT_MOVES.map(({ from, act, by, to }) => `| \`${from}\` | \`${act}\` | ${CONSENT_SIDES[by]} | \`${to}\` |`).join('\n')}

The time to answer begins on receipt, in calendar time. No job ends it: the time is compared whenever somebody looks or acts.

| | ${URGENCIES.map((urgency) => `\`${urgency}\``).join(' | ')} |
| --- | --- | --- | --- |
| to answer | ${URGENCIES.map((urgency) => timeOf(CONSENT_HOURS[urgency])).join(' | ')} |

## A draft

The table stands in [\`src/drafts/draft-states.ts\`](../src/drafts/draft-states.ts). A draft is one agency's own and leaves it as an object alone. Its author
signs the text and hands it in; another officer of the unit who may send signs the same bytes, and the transaction that stores the object ends the
draft. What was given back is kept again before it is handed in again. Nothing done for ${DAYS_TO_LAPSE} days, it lapses: an older signature of an author no longer
counts. What it said is erased when it is over.

\`\`\`mermaid
stateDiagram-v2
  [*] --> DRAFT: KEEP
${DRAFT_MOVES.filter(({ from, to }) => from !== to)
  .map(({ from, act, to }) => `  ${from} --> ${to}: ${act}`)
  .join('\n')}
\`\`\`

| state | what it means |
| --- | --- |
${rows(DRAFT_STATES, 'DraftState')}

| from | act | by | to |
| --- | --- | --- | --- |
${DRAFT_MOVES.map(({ from, act, by, to }) => `| \`${from}\` | \`${act}\` | ${DRAFT_SIDES[by]} | \`${to}\` |`).join('\n')}

## Deadlines

The table stands in [\`src/duties/deadlines.ts\`](../src/duties/deadlines.ts). An agreement names a profile (\`deadlineProfile\`) and may set deadlines of
its own, for one article or type of assistance too; the most special one counts. A clock starts on receipt and keeps the terms under which it began.
Hours and days are calendar time; working days are those of who owes, by its own weekend, holidays and time zone, and end with the last second of the last
of them. A calendar that changes later moves nothing that runs. Both sides see the same (\`duties\`), with the reason for the time in a sentence, and
are reminded at 50, 80 and 100 % of the time. What is to be acknowledged, answered or first reported on, and no officer of the agency has taken
over (\`claimMatter\`) by 25 %, is reminded of then as well.

| profile | deadline | ${URGENCIES.map((urgency) => `\`${urgency}\``).join(' | ')} |
| --- | --- | --- | --- | --- |
${Object.entries(PROFILES)
  .flatMap(([profile, names]) =>
    DEADLINE_NAMES.flatMap((name) => (names[name] ? [deadlineRow(profile, name, names[name])] : [])),
  )
  .join('\n')}
`;
}

const CONSENT_SIDES = { ASKER: 'who asks', PROVIDER: 'who sent the object' };

const DRAFT_SIDES = {
  AUTHOR: 'its author',
  APPROVER: 'another officer of the unit who may send',
  SENDER: 'whoever submits the object with all the signatures that it needs',
  CLOCK: 'the hub, by the clock',
};

const EFFECTS: Record<DutyEffect, string> = {
  OPEN: 'begins',
  REOPEN: 'begins anew',
  SETTLE: 'ends: it is done',
  PAUSE: 'stands still',
  RESUME: 'goes on, with the time that was left',
  RAISE: 'is due as if it had begun now, if the new version is more urgent and that is sooner',
  DEFER: 'runs to the time that the act names',
  RENEW: 'begins anew, until the next one',
  VOID: 'ends without anything being done',
};

function rulesOf(rules: readonly DutyRule[]): string {
  const time = ({ deadline, from, owes }: DutyRule): string => {
    if (owes === null) return deadline === null ? '' : `\`${deadline}\``;
    if (deadline === null) return 'the time that it names';
    if (from === 'RECEIPT_OR_NAMED') return `\`${deadline}\`, or the time that it names if that is later`;
    return from === 'RECEIPT'
      ? `\`${deadline}\``
      : `\`${deadline}\` after the end of validity, or the time that it names if that is later`;
  };
  const table = rules.map((rule) => `| \`${rule.duty}\` | \`${rule.act}\` | ${EFFECTS[rule.effect]} | ${time(rule)} |`);
  return `| what is owed | act | what becomes of the clock | time |\n| --- | --- | --- | --- |\n${table.join('\n')}`;
}

function deadlineRow(profile: string, name: DeadlineName, times: readonly Span[]): string {
  const words = times.map(({ amount, unit }) => `${amount} ${unit.toLowerCase().replace('_', ' ')}`);
  return `| \`${profile}\` | \`${name}\` | ${words.join(' | ')} |`;
}

function timeOf(hours: number): string {
  return hours < 48 ? `${hours} h` : `${hours / 24} days`;
}

function rows(codes: readonly string[], list: string): string {
  const { meanings } = CODE_LISTS.get(list)!;
  return codes.map((code) => `| \`${code}\` | ${meanings[code]} |`).join('\n');
}

function row({ from, act, by, to, resume }: RequestMove): string {
  const returns = { KEPT: 'as before', null: '' }[String(resume)] ?? `\`${resume}\``;
  const target = to === 'RESUMED' ? 'where it returns to' : `\`${to}\``;
  return `| \`${from}\` | \`${act}\` | ${SIDES[by]} | ${target} | ${returns} |`;
}

/** The moves that lead somewhere else, those between the same two states on one arrow. */
function diagram(): string {
  const arrows = new Map<string, string[]>();
  for (const { from, act, to } of REQUEST_MOVES) {
    const targets = to === 'RESUMED' ? returnsOf(from) : [to];
    for (const target of targets.filter((each) => each !== from)) {
      const arrow = `${from} --> ${target}`;
      arrows.set(arrow, [...new Set([...(arrows.get(arrow) ?? []), act])]);
    }
  }
  const lines = [...arrows].map(([arrow, acts]) => `  ${arrow}: ${acts.join(', ')}`);
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> RECEIVED: REQUEST',
    ...lines,
    '  WITHDRAWN --> [*]',
    '  LAPSED --> [*]',
    '  CLOSED --> [*]',
    '```',
  ].join('\n');
}

/** Where a request that waits so may return to; what it was in before, it may have come back to. */
function returnsOf(state: string, seen: readonly string[] = []): string[] {
  const into = REQUEST_MOVES.filter(({ to, resume }) => to === state && resume !== null);
  const returns = into.flatMap(({ from, resume }) => {
    if (resume !== 'KEPT') return [resume!];
    return from === state || seen.includes(from) ? [] : returnsOf(from, [...seen, state]);
  });
  return [...new Set(returns)];
}
