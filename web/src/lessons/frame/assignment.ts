import { read } from '../../state/properties.js';
import type { AnyLesson } from './lesson-type.js';

/** What a teacher has laid down for a lesson, in its link. */
export interface Assignment {
  /** Controls that the reader does not get. */
  hidden: readonly string[];
  /** Properties of the view with values that stay, as a query string. */
  fixed: string;
}

export const free: Assignment = { hidden: [], fixed: '' };

/** Names in a link are joined by a sign that it does not escape. */
export const namesIn = (text: string): string[] => text.split('~').filter((name) => name !== '');

/** The fixed values that the lesson knows; others count as not said. */
export function fixedIn(lesson: AnyLesson, { fixed }: Assignment): Record<string, unknown> {
  const said = new URLSearchParams(fixed);
  const all = read(lesson.table, fixed) as Record<string, unknown>;
  return Object.fromEntries((lesson.fixable ?? []).flatMap((name) => (said.has(name) ? [[name, all[name]]] : [])));
}

/** Controls that a lesson can do without: no question asks for what is made with them. */
export function hideable(lesson: AnyLesson): string[] {
  const steps = Object.values(lesson.steps);
  const needed = new Set(steps.flatMap(({ task, controls }) => (task.by === 'view' ? controls : [])));
  return [...new Set(steps.flatMap(({ controls }) => controls))].filter((name) => !needed.has(name));
}
