import en from './en.json' with { type: 'json' };
import vi from './vi.json' with { type: 'json' };

/** The languages of the hub; English is the reference, and a test demands that every other is complete. */
export type Language = 'en' | 'vi';
export type MessageKey = keyof typeof en;
export type MessageParams = Record<string, string | number>;

const CATALOGUES: Record<Language, Record<MessageKey, string>> = { en, vi };

/** The sentence for `key`, its {placeholders} filled in. */
export function message(key: MessageKey, language: Language, params: MessageParams = {}): string {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
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
