import { describe, expect, it } from '@jest/globals';
import { Cli } from './cli.js';
import { languageFrom } from './language.js';
import { printable } from './printable.js';

describe('what is printed', () => {
  it('cannot steer the terminal, whoever wrote it', () => {
    expect(printable('a\u001b[2Jb\u202ec\u009b1md\n')).toBe('a‹U+001B›[2Jb‹U+202E›c‹U+009B›1md‹U+000A›');
    expect(printable('Hải quan Việt Nam – ກົມພາສີ')).toBe('Hải quan Việt Nam – ກົມພາສີ');
    const text = new Cli('en', () => ({})).text('cli.field.title', { value: 'x\u001b[31m\nVALID' });
    expect(text).toBe('title      x‹U+001B›[31m‹U+000A›VALID');
  });

  it.each<[string[], NodeJS.ProcessEnv, string]>([
    [['inbox', '--lang', 'vi'], { LANG: 'en_US.UTF-8' }, 'vi'],
    [['inbox', '--lang=vi'], {}, 'vi'],
    [['inbox', '--lang', 'en'], { LANG: 'vi_VN.UTF-8' }, 'en'],
    [['inbox'], { LC_ALL: 'vi_VN.UTF-8', LANG: 'en_US.UTF-8' }, 'vi'],
    [['inbox'], { LIAISON_LANG: 'en', LC_ALL: 'vi_VN.UTF-8' }, 'en'],
    [['inbox'], { LANG: 'th_TH.UTF-8' }, 'en'],
    [['--lang'], {}, 'en'],
  ])('is in the language of %j under %j', (argv, env, language) => {
    expect(languageFrom(argv, env)).toBe(language);
  });
});
