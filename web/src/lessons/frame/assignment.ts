import { translate, type Lang } from '../../i18n/index.js';
import { read, unreadIn, type Unread } from '../../state/properties.js';
import { wordsIn, type AnyLesson } from './lesson-type.js';

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

/** The fixed values that the lesson knows; others count as not said, and `unreadLaid` names them. */
export function fixedIn(lesson: AnyLesson, { fixed }: Assignment): Record<string, unknown> {
  const said = new URLSearchParams(fixed);
  for (const { field } of unreadIn(lesson.table, fixed)) said.delete(field);
  const all = read(lesson.table, fixed) as Record<string, unknown>;
  return Object.fromEntries(Object.keys(lesson.fixable ?? {}).flatMap((name) => (said.has(name) ? [[name, all[name]]] : [])));
}

/** What a link lays down and the lesson does not know: controls, properties, values. */
export function unreadLaid(lesson: AnyLesson, assignment: Assignment): Unread[] {
  const { fixed, hidden } = assignment;
  const fixes = fixedIn(lesson, assignment);
  const controls = new Set(Object.values(lesson.steps).flatMap((step) => step.controls));
  const unfixed = [...new URLSearchParams(fixed)].filter(([field]) => !(field in fixes));
  return [
    ...unfixed.map(([field, value]) => ({ field: 'fix', value: `${field}=${value}`, taken: '' })),
    ...hidden.filter((name) => !controls.has(name)).map((value) => ({ field: 'hide', value, taken: '' })),
  ];
}

/** A control that the teacher has taken away, or whose value is fixed. */
export function isWithheld(lesson: AnyLesson, control: string, assignment: Assignment): boolean {
  const fixed = Object.keys(fixedIn(lesson, assignment));
  return assignment.hidden.includes(control) || fixed.some((name) => lesson.fixable![name]!.control === control);
}

/** A control's name, as the lesson's view has it. */
export function controlName(lesson: AnyLesson, control: string, lang: Lang): string {
  const { view } = wordsIn(lesson.words, lang);
  return lesson.names?.[control]?.(view, translate(lang)) ?? view[control] ?? control;
}

/** The steps that have a control, from 1. */
export const stepsWith = (lesson: AnyLesson, control: string): number[] =>
  Object.values(lesson.steps).flatMap(({ controls }, i) => (controls.includes(control) ? [i + 1] : []));

/** Controls that a lesson can do without: no question asks for what is made with them. */
export function hideable(lesson: AnyLesson): string[] {
  const steps = Object.values(lesson.steps);
  const needed = new Set(steps.flatMap(({ task, controls }) => (task.by === 'view' ? controls : [])));
  return [...new Set(steps.flatMap(({ controls }) => controls))].filter((name) => !needed.has(name));
}
