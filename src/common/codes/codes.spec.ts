import { describe, expect, it } from '@jest/globals';
import './alert-codes.js';
import './answer-codes.js';
import './feedback-codes.js';
import './goods-codes.js';
import './handling-codes.js';
import './movement-codes.js';
import './party-codes.js';
import './request-codes.js';
import '../../consents/consent-codes.js';
import '../../duties/duty-codes.js';
import '../../consents/act-codes.js';
import '../../desk/desk-codes.js';
import '../../directory/directory-codes.js';
import '../../drafts/draft-codes.js';
import '../../exchange/approvals.js';
import '../../exchange/sharing-warnings.js';
import '../../feedback/feedback-codes.js';
import '../../notices/notice-codes.js';
import '../../register/register-codes.js';
import '../../requests/request-codes.js';
import { CODE_LISTS } from './code-list.js';
import { CommodityGroup } from './goods-codes.js';
import { InformationGrade } from './evaluation-codes.js';
import { RefusalGround } from './answer-codes.js';
import { WORDS, wordsFor } from './words.js';

const keys = [...CODE_LISTS.values()].flatMap((list) =>
  Object.keys(list.meanings).map((code) => `${list.name}.${code}`),
);

describe('code lists', () => {
  it('keeps codes that GraphQL cannot name out of its enums', () => {
    const unnameable = keys.filter((key) => !/\.[A-Z][A-Z0-9_]*$/.test(key));
    const lists = new Set(unnameable.map((key) => key.split('.')[0]));
    expect([...lists]).toEqual(['EvaluationScheme', 'InformationGrade', 'AdmiraltyInformation', 'SourceGrade3x5x2']);
    expect(Object.values(InformationGrade)).toEqual(['1', '2', '3', '4']);
  });

  it('describes every list and every code for the schema, in sentences', () => {
    for (const list of CODE_LISTS.values()) {
      expect(list.description).toMatch(/^[A-Z].*\.$/);
      for (const meaning of Object.values(list.meanings)) expect(meaning).toMatch(/^\S.*\.$/);
    }
  });

  it('has the 23 commodity groups and the 18 grounds of refusal', () => {
    expect(Object.keys(CommodityGroup)).toHaveLength(23);
    expect(Object.keys(RefusalGround)).toHaveLength(18);
  });
});

describe.each(['en', 'vi'] as const)('words in "%s"', (language) => {
  it('exist for every code and for nothing else', () => {
    expect(Object.keys(WORDS[language]).sort()).toEqual([...keys].sort());
    expect(
      Object.entries(WORDS[language]).filter(([, words]) => words.trim() === '' || words !== words.trim()),
    ).toEqual([]);
  });

  it('are different within one list', () => {
    for (const list of CODE_LISTS.values()) {
      const words = Object.keys(list.meanings).map((code) => WORDS[language][`${list.name}.${code}`]);
      expect(new Set(words).size).toBe(words.length);
    }
  });
});

describe('words of the interface (domain.md section 8)', () => {
  it.each([
    ['HandlingCode', 'H1', 'not as evidence without consent', 'không dùng làm chứng cứ khi chưa được đồng ý'],
    ['HandlingCode', 'H2', 'not passed on without consent', 'không chuyển tiếp khi chưa được đồng ý'],
    ['HandlingCode', 'H3', 'own condition, read first', 'điều kiện riêng, đọc trước'],
    ['Classification', 'RESTRICTED', 'RESTRICTED', 'lưu hành hạn chế'],
    ['Urgency', 'FLASH', 'flash', 'hỏa tốc'],
    ['Urgency', 'URGENT', 'urgent', 'khẩn'],
    ['Urgency', 'ROUTINE', 'routine', 'thường'],
    ['FeedbackDisposition', 'CHECKED_NIL', 'checked, nothing found', 'đã kiểm tra, không phát hiện'],
    ['AnswerKind', 'NEGATIVE', 'checked, nothing found', 'đã kiểm tra, không phát hiện'],
    ['InformationGrade', '2', 'known to the source personally', 'nguồn tin trực tiếp biết'],
  ])('%s %s', (list, value, en, vi) => {
    expect(wordsFor('en', list, value)).toBe(en);
    expect(wordsFor('vi', list, value)).toBe(vi);
  });

  it('are never the words that mean something else to customs', () => {
    const english = [...CODE_LISTS.values()].flatMap((list) => [list.description, ...Object.values(list.meanings)]);
    expect(
      [...english, ...Object.values(WORDS.en)].filter((text) => /clearance|verified|feedback/i.test(text)),
    ).toEqual([]);
    expect(
      Object.values(WORDS.vi).filter((text) =>
        /phản hồi|mã xử lý|(?<!bí )mật|bắt giữ|giải phóng|tương trợ/i.test(text.normalize()),
      ),
    ).toEqual([]);
    expect(Object.values(WORDS.vi).filter((text) => text !== text.normalize('NFC'))).toEqual([]);
  });
});
