/** Where all choices of a case come from, so that a list of numbers is a case and a shorter list a simpler one. */
export class Dice {
  private at = 0;

  constructor(private readonly rolls: readonly number[]) {}

  /** A whole number from 0 to `sides` - 1; 0 when the rolls are used up. */
  roll(sides: number): number {
    return (this.rolls[this.at++] ?? 0) % sides;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }

  /** True in this many cases of a hundred; never once the rolls are used up. */
  chance(percent: number): boolean {
    return this.roll(100) >= 100 - percent;
  }

  /** Between `least` and `most` things. */
  some<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.roll(most - least + 1) }, make);
  }
}

/** Texts that have been a program's undoing. */
const ODD = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e',
  '\u200b',
  '\u2028',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e400',
  '9007199254740993',
  '[]',
  '{}',
  '""',
  `'`,
  `' OR 1=1 --`,
  '"; DROP TABLE hub.object; --',
  '%',
  '_',
  '\\',
  '%00',
  '%ff',
  '%E0%A4%A',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '${7*7}',
  '{{7*7}}',
  'é'.normalize('NFD'),
  '𝕏𝕏',
  'ﷺ',
  'İı',
  '😀'.repeat(50),
  'x'.repeat(5_000),
  '('.repeat(2_000),
  'a,'.repeat(1_000),
  '2026-02-30T25:61:61Z',
  '0000-01-01T00:00:00Z',
  '+292278994-08-17T07:12:55Z',
  'https://hub.example/',
  '\r\nSet-Cookie: x=y',
];

export function oddText(dice: Dice): string {
  return dice.pick(ODD);
}

/** A JSON value that nobody asked for. */
export function oddValue(dice: Dice, depth = 0): unknown {
  switch (dice.roll(depth > 3 ? 6 : 9)) {
    case 0:
      return null;
    case 1:
      return dice.pick([0, -0, -1, 1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e300, 100, 101]);
    case 2:
      return dice.chance(50);
    case 3:
    case 4:
    case 5:
      return oddText(dice);
    case 6:
      return dice.some(0, 4, () => oddValue(dice, depth + 1));
    case 7:
      return Array.from({ length: dice.pick([201, 1_000]) }, () => 'x');
    default:
      return Object.fromEntries(dice.some(0, 3, () => [oddText(dice) || 'x', oddValue(dice, depth + 1)]));
  }
}

/** The text with a few of its characters changed, left out, doubled or exchanged. */
export function mutated(dice: Dice, text: string): string {
  const characters = [...text];
  for (let i = 0, count = 1 + dice.roll(3); i < count; i += 1) {
    const at = dice.roll(Math.max(1, characters.length));
    switch (dice.roll(7)) {
      case 0:
        characters.splice(at, 1);
        break;
      case 1:
        characters.splice(at, 0, characters[at] ?? 'x');
        break;
      case 2:
        characters[at] = String.fromCharCode(32 + dice.roll(95));
        break;
      case 3:
        characters.splice(at, 0, oddText(dice));
        break;
      case 4:
        characters.splice(at, 1 + dice.roll(characters.length));
        break;
      case 5:
        characters.splice(at, 0, ...characters.slice(at, at + dice.roll(200)));
        break;
      default:
        [characters[at], characters[at + 1]] = [characters[at + 1] ?? '', characters[at] ?? ''];
    }
  }
  return characters.join('');
}

/** A JSON value with one of its members, at any depth, changed, left out or added. */
export function mutatedValue(dice: Dice, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && dice.chance(85)) {
    const at = dice.roll(value.length);
    if (dice.chance(15)) return [...value, value[at]];
    if (dice.chance(15)) return value.toSpliced(at, 1);
    return value.with(at, mutatedValue(dice, value[at]));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && dice.chance(90)) {
    const members = Object.entries(value);
    if (members.length === 0 || dice.chance(12)) return { ...value, [oddText(dice) || 'extra']: oddValue(dice) };
    const [name, member] = dice.pick(members);
    const { [name]: _, ...rest } = value as Record<string, unknown>;
    return dice.chance(20) ? rest : { ...rest, [name]: mutatedValue(dice, member) };
  }
  if (typeof value === 'string' && dice.chance(50)) return mutated(dice, value);
  return oddValue(dice);
}

/** What fetch will send as a header: one line of latin1. */
export function headerSafe(text: string): string {
  return Buffer.from(text.slice(0, 4_000))
    .toString('latin1')
    .replaceAll(/[\r\n\0]/g, ' ')
    .trim();
}

/** What fetch will send as an address on the same host. */
export function addressSafe(path: string): string {
  return `/${encodeURI(path.replaceAll(/\p{Cs}/gu, ''))
    .replaceAll('%25', '%')
    .replace(/^\/+/, '')}`.slice(0, 4_000);
}
