import type { AssistanceType } from '../common/codes/request-codes.js';
import { wordsFor } from '../common/codes/words.js';
import { type Language, message } from '../common/messages/messages.js';
import { SLOT_FORMS } from './body/standard-question.js';
import { QUESTION_CATALOGUE } from './question-catalogue.js';
import type { QuestionToAsk } from './request.models.js';
import { SLOT_TYPES, slotsIn } from './standard-questions.js';

/** The standard questions for a kind of assistance, or all, as a screen offers them to who writes a request. */
export function questionsToAsk(assistanceType: AssistanceType | null, language: Language): QuestionToAsk[] {
  return Object.entries(QUESTION_CATALOGUE)
    .filter(([, question]) => assistanceType === null || question.for.includes(assistanceType))
    .map(([code, question]) => ({
      code,
      assistanceTypes: [...question.for],
      text: question[language],
      slots: slotsIn(question[language]).map((name) => ({
        name,
        label: wordsFor(language, 'QuestionSlot', name),
        form: message(SLOT_FORMS[SLOT_TYPES[name]].form, language),
      })),
    }));
}
