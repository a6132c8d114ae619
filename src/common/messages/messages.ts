import en from './en.json' with { type: 'json' };
import vi from './vi.json' with { type: 'json' };

/** The languages of the hub; English is the reference, and a test demands that every other is complete. */
export type Language = 'en' | 'vi';
export type MessageKey = keyof typeof en;
/** The keys of one section: `KeyOf<'problem'>` for problem.required and its like. */
export type KeyOf<Section extends string> = Extract<MessageKey, `${Section}.${string}`>;
export type MessageParams = Record<string, string | number>;

/** Something to be said once the reader's language is known. What is filled in may be a phrase itself. */
export interface Phrase {
  key: MessageKey;
  params?: Record<string, string | number | Phrase>;
}

const CATALOGUES: Record<Language, Record<MessageKey, string>> = { en, vi };

/** The sentence for `key`, its {placeholders} filled in. */
export function message(key: MessageKey, language: Language, params: Phrase['params'] = {}): string {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    return typeof value === 'object' ? message(value.key, language, value.params) : String(value);
  });
}

/** The first of our languages in an Accept-Language header (RFC 9110 12.5.4), English when there is none. */
export function languageOf(header: string | undefined): Language {
  const wanted = (header ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', ...options] = range.trim().toLowerCase().split(';');
      const quality = Number(options.find((option) => option.trim().startsWith('q='))?.split('=')[1] ?? 1);
      return { language: tag.split('-')[0], quality };
    })
    .filter(({ language, quality }) => quality > 0 && (language === 'en' || language === 'vi'))
    .sort((a, b) => b.quality - a.quality)[0];
  return wanted?.language === 'vi' ? 'vi' : 'en';
}
