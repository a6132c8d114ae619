import type { Duty, RequestThread } from '../../cli/client-models.js';
import type { HubClient } from '../../cli/client.js';
import { wordsFor } from '../../common/codes/words.js';
import type { AnswerBody } from '../../requests/body/answer-body.js';
import { permittedActs, REQUEST_STATES, type RequestState } from '../../requests/request-states.js';
import { agencyOfUnit } from '../world/directory.js';
import { type Player, readCondition } from '../world/player.js';
import { OFFICES } from './year-plan.js';

/** What the year has left behind, as the units themselves see it through the API. */
export interface YearOnRecord {
  sent: { id: string; kind: string; name: string; unit: string }[];
  threads: Thread[];
  overdue: Duty[];
  /** What should not be: a state that no table knows, or that the two sides see differently. */
  impossible: string[];
}

interface Thread {
  from: string;
  to: string;
  state: string;
  urgency: string;
  /** Hours until its end: answered, refused or sent elsewhere. */
  hours: number | null;
  ground: string | null;
}

const ENDS = ['FINAL', 'NEGATIVE', 'REFUSAL', 'TRANSFER_NOTICE'];

export async function readYear(player: Player, sent: YearOnRecord['sent']): Promise<YearOnRecord> {
  const threads: Thread[] = [];
  const impossible: string[] = [];
  for (const { id, unit, name } of sent.filter(({ kind, name: key }) => kind === 'request' && !key.includes(','))) {
    const ours = await player.clientOf(unit).request(id);
    const other = OFFICES.find((office) => agencyOfUnit(office) === ours.to)!;
    const theirs = await threadSeenBy(player.clientOf(other), ours.id);
    impossible.push(...faultsOf(name, ours, theirs));
    threads.push(await threadOf(player, unit, ours));
  }
  const overdue: Duty[] = [];
  for (const office of OFFICES) overdue.push(...(await overdueOf(player, office)));
  return { sent, threads, overdue, impossible };
}

/** The request as the other side sees it, which has read its sender's own condition first, if it has one. */
async function threadSeenBy(client: HubClient, id: string): Promise<RequestThread> {
  await readCondition(client, id);
  return client.request(id);
}

/** Both sides see the same, what they may do is what the table says, and what is over leaves nothing to be done but to close it. */
function faultsOf(name: string, ours: RequestThread, theirs: RequestThread): string[] {
  const state = ours.state as RequestState;
  if (!REQUEST_STATES.includes(state)) return [`${name} is ${state}`];
  const agreed = theirs.state === state && ours.questionsOpen === theirs.questionsOpen;
  const acts = [ours.permittedActs, theirs.permittedActs].map(String);
  const expected = [permittedActs(state, 'REQUESTER'), permittedActs(state, 'REQUESTED')].map(String);
  const isOpen = ours.questionsOpen > 0;
  return [
    ...(agreed ? [] : [`${name} is ${state} for one side and ${theirs.state} for the other`]),
    ...(acts.join(';') === expected.join(';') ? [] : [`${name} is ${state} and allows ${acts.join('; ')}`]),
    ...((state === 'ANSWERED' || state === 'REFUSED') && isOpen ? [`${name} is ${state} with open questions`] : []),
  ];
}

async function threadOf(
  player: Player,
  unit: string,
  { from, to, state, urgency, thread }: RequestThread,
): Promise<Thread> {
  const end = thread.find(({ act }) => ENDS.includes(act));
  const begun = Date.parse(thread[0]!.object.receivedAt);
  const hours = end ? (Date.parse(end.object.receivedAt) - begun) / 3_600_000 : null;
  const ground = end?.act === 'REFUSAL' ? await groundOf(player, unit, end.object.id) : null;
  return { from, to, state, urgency, hours, ground };
}

async function groundOf(player: Player, unit: string, answer: string): Promise<string> {
  const client = player.clientOf(unit);
  await readCondition(client, answer);
  const { text } = await client.open(answer);
  const { payload } = JSON.parse(text) as { payload: string };
  const { body } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { body: AnswerBody };
  return body.refusal!.ground;
}

/** What the administration of this office owes since before now, page by page: what is due first stands first. */
async function overdueOf(player: Player, office: string): Promise<Duty[]> {
  const found: Duty[] = [];
  for (let after: string | undefined; ;) {
    const page = await player
      .clientOf(office)
      .duties({ owed: 'TO_US', first: 100, ...(after !== undefined && { after }) });
    found.push(...page.nodes.filter(({ isOverdue }) => isOverdue));
    if (!page.hasNextPage || !page.nodes.at(-1)!.isOverdue) return found;
    after = page.endCursor!;
  }
}

/** The year in figures: both directions for each administration, the median time of an answer, refusals by ground. */
export function statisticsLines({ threads, sent }: YearOnRecord): string[] {
  const alerts = sent.filter(({ kind, name }) => kind === 'alert' && !name.includes(','));
  const agencies = OFFICES.map(agencyOfUnit);
  const rows = agencies.map((agency) => {
    const incoming = threads.filter(({ to }) => to === agency);
    return [
      agency,
      threads.filter(({ from }) => from === agency).length,
      incoming.length,
      days(incoming.flatMap(({ hours }) => hours ?? [])),
      incoming.filter(({ ground }) => ground !== null).length,
      alerts.filter(({ unit }) => agencyOfUnit(unit) === agency).length,
    ];
  });
  const refused = threads.flatMap(({ ground }) =>
    ground === null ? [] : [`${ground} (${wordsFor('en', 'RefusalGround', ground)})`],
  );
  return [
    `${threads.length} requests and ${alerts.length} alerts; ${sent.length} signed objects`,
    '',
    ['administration', 'asked', 'was asked', 'median answer', 'refused', 'alerts sent']
      .map((head) => head.padEnd(16))
      .join(''),
    ...rows.map((row) => row.map((cell) => String(cell).padEnd(16)).join('')),
    `all             ${String(threads.length).padEnd(16)}${String(threads.length).padEnd(16)}${days(threads.flatMap(({ hours }) => hours ?? []))}`,
    '',
    `By state: ${count(threads.map(({ state }) => state))}`,
    `Refused: ${count(refused) || 'none'}`,
  ];
}

/** How often each value comes, the most frequent first. */
function count(values: readonly string[]): string {
  return [...Map.groupBy(values, (value) => value)]
    .map(([value, all]) => [value, all.length] as const)
    .toSorted((a, b) => b[1] - a[1])
    .map(([value, times]) => `${value} ${times}`)
    .join(', ');
}

function days(hours: readonly number[]): string {
  if (hours.length === 0) return 'none';
  const middle = hours.toSorted((a, b) => a - b)[Math.floor(hours.length / 2)]!;
  return middle < 48 ? `${middle.toFixed(0)} h` : `${(middle / 24).toFixed(1)} days`;
}

/** Every duty that is overdue, by the unit that owes it, with the day on which it fell due. */
export function overdueLines({ overdue }: YearOnRecord): string[] {
  const units = [...Map.groupBy(overdue, ({ owedBy, owedByUnit }) => owedByUnit ?? owedBy)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return [
    `${overdue.length} duties are overdue at the end of the year:`,
    ...units.flatMap(([unit, owed]) => [
      `  ${unit}: ${owed.length}`,
      ...owed
        .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt))
        .map(
          ({ kind, ref, dueAt, owedTo }) =>
            `    ${dueAt.slice(0, 10)}  ${wordsFor('en', 'DutyKind', kind)}: ${ref}, to ${owedTo}`,
        ),
    ]),
  ];
}
