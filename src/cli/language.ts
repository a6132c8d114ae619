import type { Language } from '../common/messages/messages.js';

/** The language of `--lang`, else of LIAISON_LANG or the locale; English for any that we do not have. */
export function languageFrom(argv: readonly string[], env: NodeJS.ProcessEnv): Language {
  const place = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  const chosen = argv[place]?.split('=')[1] ?? (place < 0 ? undefined : argv[place + 1]);
  const locale = chosen ?? env['LIAISON_LANG'] ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '';
  return locale.toLowerCase().startsWith('vi') ? 'vi' : 'en';
}
