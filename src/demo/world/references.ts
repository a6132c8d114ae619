import type { Chance } from './random.js';

/** References in the hub's form, chosen by the seed, none twice. */
export class References {
  private readonly used = new Set<string>();

  constructor(private readonly chance: Chance) {}

  next(unit: string, kind: 'ALR' | 'REQ', at: Date): string {
    const ref = `${unit.slice(0, 2)}-${kind}-${at.getUTCFullYear()}-${this.chance.letters(6)}`;
    if (this.used.has(ref)) return this.next(unit, kind, at);
    this.used.add(ref);
    return ref;
  }
}
