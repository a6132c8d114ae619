import { CODE_LISTS } from './code-list.js';
import en from './words.en.json' with { type: 'json' };
import vi from './words.vi.json' with { type: 'json' };

export type WordsLanguage = 'en' | 'vi';

/** What people read for each code, keyed `List.CODE`; a code is never shown without its words. */
export const WORDS: Readonly<Record<WordsLanguage, Readonly<Record<string, string>>>> = { en, vi };

/** Words for a code as the payload writes it: `wordsFor('en', 'InformationGrade', '2')`. */
export function wordsFor(language: WordsLanguage, list: string, value: string): string {
  const values = CODE_LISTS.get(list)?.values ?? {};
  const code = Object.keys(values).find((name) => values[name] === value) ?? value;
  return WORDS[language][`${list}.${code}`] ?? value;
}
