import { defaults, read } from '../../state/properties.js';
import { fixedIn, type Assignment } from './assignment.js';
import type { AnyLesson } from './lesson-type.js';
import { phaseOf, type Progress } from './progress.js';

/** What the view shows in a step: what the reader has made of it, or what its phase begins with. */
export function stateIn(lesson: AnyLesson, name: string, progress: Progress, assignment: Assignment): object {
  return { ...made(lesson, name, progress), ...fixedIn(lesson, assignment) };
}

function made(lesson: AnyLesson, name: string, progress: Progress): object {
  const step = lesson.steps[name]!;
  const done = progress.steps[name]!;
  const phase = phaseOf(done);
  if (done.state !== '' && phase !== 'predict') return read(lesson.table, done.state) as object;
  return {
    ...(defaults(lesson.table) as object),
    ...step.state,
    ...(phase === 'predict' ? {} : step.reveal),
    ...(phase === 'ask' || phase === 'done' ? step.task.state : {}),
  };
}
