/**
 * A request for assistance and its clocks, told once more and by hand, from domain.md 2.3, 3.2 and 3.3: small, and without a line of what
 * the hub runs on. Times are hours since the request was received.
 */
export type Urgency = 'FLASH' | 'URGENT' | 'ROUTINE';
export type Side = 'asking' | 'asked' | 'stranger';
type Question = 'OPEN' | 'INTERIM' | 'POSTPONED' | 'ANSWERED' | 'NEGATIVE' | 'REFUSED';
type Result = 'ANSWERED' | 'PARTLY' | 'NEGATIVE';

/** What one party does. `results` and `nos` speak of the two questions. */
export interface Act {
  by: Side;
  /** Names a version that is not the newest, where there is one. */
  isStale: boolean;
  what:
    | { do: 'revise'; urgency: Urgency }
    | { do: 'withdraw' }
    | { do: 'report'; isLast: boolean }
    | { do: 'acknowledge' | 'askBack' | 'transfer' | 'delay' | 'awaitCourt' | 'negative' | 'refuse' | 'postpone' }
    | { do: 'interim' | 'final'; results: [Result | null, Result | null] }
    | { do: 'refusePartly' | 'postponePartly'; nos: readonly number[] };
}

interface Clock {
  from: number;
  due: number;
  pausedAt: number | null;
  /** A side has named the time. */
  isNamed: boolean;
}

const HOURS = {
  ACKNOWLEDGE: { FLASH: 1, URGENT: 24, ROUTINE: 24 },
  ANSWER: { FLASH: 8, URGENT: 72, ROUTINE: 720 },
  CLARIFY: { FLASH: 8, URGENT: 72, ROUTINE: 720 },
};
export const COURT_HOURS = 240;
export const CONSULT_HOURS = 480;
const REPORT_HOURS = 90 * 24;
const NEXT_REPORT_HOURS = 180 * 24;

export class Reference {
  state = 'RECEIVED';
  private back = '';
  readonly questions: [Question, Question] = ['OPEN', 'OPEN'];
  versions = 1;
  answers = 0;
  readonly owed = new Map<string, Clock>();
  private wasAcknowledged = false;

  constructor(private urgency: Urgency) {
    this.begin('ACKNOWLEDGE', 0, HOURS.ACKNOWLEDGE[urgency]);
    this.begin('ANSWER', 0, HOURS.ANSWER[urgency]);
  }

  /** Whether the act is taken; if so, it has had its effect. */
  take({ by, isStale, what }: Act, now: number): boolean {
    const isOfAsking = what.do === 'revise' || what.do === 'withdraw' || what.do === 'report';
    if (by !== (isOfAsking ? 'asking' : 'asked')) return false;
    if (isStale && this.versions > 1) return false;
    const before = this.state;
    const taken = isOfAsking ? this.asking(what, now) : this.asked(what, now);
    if (!taken || isOfAsking) return taken;
    this.answers += 1;
    if (!this.wasAcknowledged) this.owed.delete('ACKNOWLEDGE');
    this.wasAcknowledged = true;
    if (this.is('ANSWERED', 'REFUSED', 'TRANSFERRED')) this.owed.delete('ANSWER');
    if (this.is('ANSWERED') && before !== 'ANSWERED') this.begin('REPORT', now, REPORT_HOURS);
    return true;
  }

  /** What the hub does when it looks at the clock. */
  sweep(now: number): void {
    const clarify = this.owed.get('CLARIFY');
    if (this.state === 'CLARIFICATION_NEEDED' && clarify && clarify.due <= now) this.end('LAPSED');
  }

  private asking(what: Act['what'], now: number): boolean {
    if (what.do === 'report') {
      if (!what.isLast) {
        if (!this.is('ANSWERED')) return false;
        this.begin('REPORT', now, NEXT_REPORT_HOURS);
        return true;
      }
      if (!this.is('ANSWERED', 'REFUSED', 'TRANSFERRED')) return false;
      this.end('CLOSED');
      return true;
    }
    if (this.is('ANSWERED', 'REFUSED', 'TRANSFERRED', 'WITHDRAWN', 'LAPSED', 'CLOSED')) return false;
    if (what.do === 'withdraw') {
      this.end('WITHDRAWN');
      return true;
    }
    if (what.do !== 'revise') return false;
    this.versions += 1;
    if (this.is('CLARIFICATION_NEEDED')) {
      this.state = this.back;
      this.owed.delete('CLARIFY');
      const answer = this.owed.get('ANSWER')!;
      answer.due += now - answer.pausedAt!;
      answer.pausedAt = null;
    } else if (this.is('POSTPONED')) this.state = 'CONSULTATION';
    for (const kind of ['ACKNOWLEDGE', 'ANSWER'] as const) this.hurry(kind, what.urgency, now);
    this.urgency = what.urgency;
    return true;
  }

  /** A version that is more urgent is due as if it had come now, where that is sooner and nobody has named a time. */
  private hurry(kind: 'ACKNOWLEDGE' | 'ANSWER', urgency: Urgency, now: number): void {
    const clock = this.owed.get(kind);
    if (!clock || clock.isNamed || urgency === this.urgencyOf(kind)) return;
    const due = now + HOURS[kind][urgency];
    if (due >= clock.due) return;
    clock.due = due;
    this.urgencies.set(kind, urgency);
  }

  private readonly urgencies = new Map<string, Urgency>();
  private first: Urgency | undefined;

  /** The urgency under which a clock began, or was hurried since. */
  private urgencyOf(kind: string): Urgency {
    return this.urgencies.get(kind) ?? this.first!;
  }

  private asked(what: Act['what'], now: number): boolean {
    const isWorking = this.is('RECEIVED', 'ACCEPTED', 'PARTIALLY_ANSWERED');
    const waits = this.is('AWAITING_AUTHORISATION', 'POSTPONED', 'CONSULTATION');
    const accepted = this.state === 'RECEIVED' ? 'ACCEPTED' : this.state;
    switch (what.do) {
      case 'acknowledge':
        if (this.is('RECEIVED')) this.state = 'ACCEPTED';
        else if (waits) this.state = this.back;
        else return false;
        return true;
      case 'askBack':
        if (!isWorking) return false;
        this.wait('CLARIFICATION_NEEDED', this.state);
        this.owed.get('ANSWER')!.pausedAt = now;
        this.begin('CLARIFY', now, HOURS.CLARIFY[this.urgency]);
        return true;
      case 'transfer':
        if (!this.is('RECEIVED', 'ACCEPTED')) return false;
        this.state = 'TRANSFERRED';
        return true;
      case 'delay':
        return isWorking || waits;
      case 'awaitCourt':
        if (this.is('AWAITING_AUTHORISATION')) this.name('ANSWER', now + COURT_HOURS);
        else if (isWorking) {
          this.wait('AWAITING_AUTHORISATION', accepted);
          this.name('ANSWER', now + COURT_HOURS);
        } else return false;
        return true;
      case 'postpone':
        if (this.is('CONSULTATION')) this.state = 'POSTPONED';
        else if (isWorking) this.wait('POSTPONED', accepted);
        else return false;
        this.name('ANSWER', now + CONSULT_HOURS);
        return true;
      case 'postponePartly':
        if (!isWorking || !what.nos.every((no) => this.isOpen(no))) return false;
        for (const no of what.nos) this.questions[no] = 'POSTPONED';
        this.state = 'PARTIALLY_ANSWERED';
        return true;
      case 'refusePartly':
        if (!isWorking && !this.is('AWAITING_AUTHORISATION')) return false;
        if (!what.nos.every((no) => this.isOpen(no)) || [0, 1].every((no) => !this.isOpen(no) || what.nos.includes(no)))
          return false;
        for (const no of what.nos) this.questions[no] = 'REFUSED';
        this.give();
        return true;
      case 'interim':
        if (!isWorking && !waits && !this.is('CLARIFICATION_NEEDED')) return false;
        this.settle(what.results);
        this.give();
        return true;
      case 'final': {
        if (!isWorking && !waits) return false;
        const after = [0, 1].map((no) => what.results[no] ?? (this.isOpen(no) ? 'PARTLY' : 'ANSWERED'));
        if (after.includes('PARTLY')) return false;
        this.settle(what.results);
        this.state = 'ANSWERED';
        return true;
      }
      case 'negative':
      case 'refuse':
        if (!isWorking && !waits) return false;
        for (const no of [0, 1] as const) {
          if (this.isOpen(no)) this.questions[no] = what.do === 'refuse' ? 'REFUSED' : 'NEGATIVE';
        }
        this.state = what.do === 'refuse' ? 'REFUSED' : 'ANSWERED';
        return true;
      default:
        return false;
    }
  }

  /** A part was given. What waits for the asking side or for a court goes on waiting. */
  private give(): void {
    if (this.is('CLARIFICATION_NEEDED', 'AWAITING_AUTHORISATION')) this.back = 'PARTIALLY_ANSWERED';
    else this.state = 'PARTIALLY_ANSWERED';
  }

  private settle(results: [Result | null, Result | null]): void {
    for (const [no, result] of results.entries()) {
      if (result !== null) this.questions[no as 0 | 1] = result === 'PARTLY' ? 'INTERIM' : result;
    }
  }

  isOpen(no: number): boolean {
    return ['OPEN', 'INTERIM', 'POSTPONED'].includes(this.questions[no as 0 | 1]);
  }

  private wait(state: string, back: string): void {
    this.state = state;
    this.back = back;
  }

  private end(state: string): void {
    this.state = state;
    this.owed.clear();
  }

  private begin(kind: string, from: number, hours: number): void {
    this.first ??= this.urgency;
    this.owed.set(kind, { from, due: from + hours, pausedAt: null, isNamed: false });
  }

  private name(kind: string, due: number): void {
    const clock = this.owed.get(kind)!;
    clock.due = due;
    clock.isNamed = true;
  }

  private is(...states: string[]): boolean {
    return states.includes(this.state);
  }
}
