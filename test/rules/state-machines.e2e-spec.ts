import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { CODE_LISTS } from '../../src/common/codes/code-list.js';
import { DEADLINES, DUTY_KINDS, type DutyKind } from '../../src/duties/deadlines.js';
import { DUTY_RULES, type DutyEffect } from '../../src/requests/request-duties.js';
import { RequestActs, RequestStates } from '../../src/requests/request-codes.js';
import { REQUEST_ACTS, REQUEST_MOVES, REQUEST_STATES, type RequestMove } from '../../src/requests/request-states.js';

/*
 * docs/state-machines.md is written from the tables that the hub runs on: UPDATE_STATES=1 npm test -- test/rules/state-machines writes it.
 */

const PAGE = join(PROJECT_FOLDER, 'docs/state-machines.md');
const SIDES = { REQUESTER: 'who asks', REQUESTED: 'who is asked' };

describe('docs/state-machines.md', () => {
  it('is the tables that run', async () => {
    const text = await format(page(), { ...(await resolveConfig(PAGE)), filepath: PAGE });
    if (process.env['UPDATE_STATES'] === '1') writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, 'utf8')).toBe(text);
  });

  it('explains every state and act', () => {
    expect(Object.keys(RequestStates).toSorted()).toEqual([...REQUEST_STATES].toSorted());
    expect(Object.keys(RequestActs).toSorted()).toEqual([...REQUEST_ACTS].toSorted());
  });
});

function page(): string {
  return `# State machines

Written from the tables that the hub runs on (\`UPDATE_STATES=1 npm test -- test/rules/state-machines\`); do not edit.

## A request for assistance

The table stands in [\`src/requests/request-states.ts\`](../src/requests/request-states.ts). Checks before signing, the acts that are offered, and
PostgreSQL, which decides under a lock, read the same rows. Every act is a signed object; none of them is undone.

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

The tables stand in [\`src/duties/deadlines.ts\`](../src/duties/deadlines.ts) and [\`src/requests/request-duties.ts\`](../src/requests/request-duties.ts). A
clock starts on receipt, in calendar time. Both sides see the same (\`duties\`), with the reason for the time in a sentence. A notice of delay and the
postponement of some questions do not move the time for the answer. A new version that is more urgent makes acknowledgement and answer due as if it had
come now, if that is earlier. After a refusal or a transfer no report is owed, though the request can be closed. The \`deadlineProfile\` of an agreement is
shown but not used yet: these times count for all.

| what is owed | ${URGENCIES.map((urgency) => `\`${urgency}\``).join(' | ')} |
| --- | --- | --- | --- |
${DUTY_KINDS.map(deadlineRow).join('\n')}

| what is owed | act | what becomes of the clock |
| --- | --- | --- |
${DUTY_RULES.map(({ duty, act, effect }) => `| \`${duty}\` | \`${act}\` | ${EFFECTS[effect]} |`).join('\n')}
`;
}

const URGENCIES = ['FLASH', 'URGENT', 'ROUTINE'] as const;
const EFFECTS: Record<DutyEffect, string> = {
  OPEN: 'begins',
  SETTLE: 'ends: it is done',
  PAUSE: 'stands still',
  RESUME: 'goes on, with the time that was left',
  DEFER: 'runs to the time that the act names',
  VOID: 'ends without anything being done',
};

function deadlineRow(duty: DutyKind): string {
  const times = URGENCIES.map(
    (urgency) => DEADLINES.find((each) => each.duty === duty && each.urgency === urgency)!.hours,
  );
  return `| \`${duty}\` | ${times.map((hours) => (hours < 48 ? `${hours} h` : `${hours / 24} days`)).join(' | ')} |`;
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
