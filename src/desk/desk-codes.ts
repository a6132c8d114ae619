import { type Code, codeList } from '../common/codes/code-list.js';

export const MatterAct = codeList('MatterAct', 'What an agency did with a matter on its own desks.', {
  CLAIMED: 'An officer took it.',
  ASSIGNED: 'It was given to an officer by who directs the work.',
  HANDED_OVER: 'Its holder, or who stands in, handed it over.',
  LAID_DOWN: 'Its holder laid it down: nobody answers for it.',
  DISTRIBUTED: 'Another unit of the agency was given it.',
  TASK_GIVEN: 'A unit was given something to do.',
  TASK_DONE: 'The unit has done it.',
  TASK_WITHDRAWN: 'The unit that gave it does without it.',
  NUMBERED: 'The agency gave it a number of its own, or took it away.',
});
export type MatterAct = Code<typeof MatterAct>;

export const TaskOutcome = codeList('TaskOutcome', 'How a task ended.', {
  DONE: 'The unit that had it has done it.',
  WITHDRAWN: 'The unit that gave it does without it.',
});
export type TaskOutcome = Code<typeof TaskOutcome>;

export const TaskSide = codeList('TaskSide', 'Whose tasks.', {
  GIVEN_TO_US: 'Those that the caller’s unit is to do.',
  GIVEN_BY_US: 'Those that the caller’s unit gave to others.',
});
export type TaskSide = Code<typeof TaskSide>;
