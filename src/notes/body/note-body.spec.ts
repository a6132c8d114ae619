import { describe, expect, it } from '@jest/globals';
import { brokenRules, spoilt } from '../../exchange/body/body.example.js';
import { NoteBody } from './note-body.js';

const NOTE = { text: 'The container is at berth 4.', language: 'en' };

describe('note', () => {
  it.each<[string, unknown, string[]]>([
    ['is valid', NOTE, []],
    ['has 2,000 characters', { ...NOTE, text: '🛳'.repeat(2000) }, []],
    ['has no more', { ...NOTE, text: '🛳'.repeat(2001) }, ['/text longText']],
    ['needs words', { language: 'en' }, ['/text required']],
    ['says something', { ...NOTE, text: ' ' }, ['/text longText']],
    ['reads as it was signed', { ...NOTE, text: 'Berth\u202e4' }, ['/text longText']],
    ['needs a language', { text: NOTE.text }, ['/language required']],
    ['asks for nothing by a time', spoilt(NOTE, { dueAt: '2026-12-01T00:00:00Z' }), ['/dueAt unknownMember']],
  ])('%s', (_, body, broken) => {
    expect(brokenRules(NoteBody, body)).toEqual(broken);
  });
});
