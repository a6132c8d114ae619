import en from './words.en.json' with { type: 'json' };
import vi from './words.vi.json' with { type: 'json' };

export type WordsLanguage = 'en' | 'vi';

/** What people read for each code, keyed `List.CODE`; a code is never shown without its words. */
export const WORDS: Readonly<Record<WordsLanguage, Readonly<Record<string, string>>>> = { en, vi };

/** Words for a code: `wordsFor('vi', 'HandlingCode', 'H1')`; the bare code when there are none. */
export function wordsFor(language: WordsLanguage, list: string, code: string): string {
  return WORDS[language][`${list}.${code}`] ?? code;
}
