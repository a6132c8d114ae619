/**
 * The hub's domain time, the same in TypeScript and in SQL (`hub.now()`). Only a demonstration hub on its embedded database may set it; tokens and
 * sessions keep wall time.
 */
export class Clock {
  private instant: Date | null = null;

  constructor(private readonly maySimulate: boolean) {}

  now(): Date {
    return this.instant ?? new Date();
  }

  /** The instant that a demonstration has set, or null on wall time. */
  simulatedInstant(): Date | null {
    return this.instant;
  }

  get isSimulated(): boolean {
    return this.instant !== null;
  }

  /** Sets the simulated instant; null returns to wall time. */
  set(instant: Date | null): void {
    if (!this.maySimulate) throw new Error('Only a demonstration hub on a database of its own may set its clock');
    this.instant = instant;
  }
}
