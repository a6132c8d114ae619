import { describe, expect, it } from '@jest/globals';
import { visible } from './visible-text.js';

describe('G29 a text of others', () => {
  it.each([
    ['the order of reading turned round', 'invoice\u202egpj.exe', 'invoice‹U+202E›gpj.exe'],
    ['isolates', 'a\u2066b\u2069', 'a‹U+2066›b‹U+2069›'],
    ['marks of direction', 'a\u200fb\u200ec\u061c', 'a‹U+200F›b‹U+200E›c‹U+061C›'],
    ['characters without width', 'VN\u200b-\u2060CUS\ufeff', 'VN‹U+200B›-‹U+2060›CUS‹U+FEFF›'],
    ['joiners between Latin letters', 'ab\u200dcd\u200cef', 'ab‹U+200D›cd‹U+200C›ef'],
    ['a soft hyphen and a filler', 'a\u00adb\u3164', 'a‹U+00AD›b‹U+3164›'],
    ['control characters', 'a\u0000b\u001b[2Jc\u009bd\n', 'a‹U+0000›b‹U+001B›[2Jc‹U+009B›d‹U+000A›'],
    ['separators of lines', 'a\u2028b\u2029', 'a‹U+2028›b‹U+2029›'],
    ['hidden tags', 'a\u{e0041}b', 'a‹U+E0041›b'],
  ])('shows %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(['Hải quan Việt Nam – ກົມພາສີ', 'قرار جمركي', 'ក្រុម\u200bគយ', 'สินค้า\u200bควบคุม', '中国海关 🚢'])(
    'leaves what its script needs: %s',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );
});
