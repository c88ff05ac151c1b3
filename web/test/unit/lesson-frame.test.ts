import { expect, it } from 'vitest';
import type { LabEngine } from '../../src/client/client.js';
import { oncePerEngine } from '../../src/lessons/frame/once.js';
import { fixedIn, unreadLaid } from '../../src/lessons/frame/assignment.js';
import { Rest } from '../../src/lessons/frame/rest.js';
import { lesson } from '../../src/lessons/one-thing/lesson.js';

it('what a teacher lays down and the lesson does not know is named, and fixes nothing', () => {
  const assignment = { hidden: ['kernel', 'kernl'], fixed: 'measure=loss&kernel=4&colour=red&show=race' };
  expect(fixedIn(lesson, assignment)).toEqual({ measure: 'loss' });
  expect(unreadLaid(lesson, assignment)).toEqual([
    { field: 'fix', value: 'kernel=4', taken: '' },
    { field: 'fix', value: 'colour=red', taken: '' },
    { field: 'fix', value: 'show=race', taken: '' },
    { field: 'hide', value: 'kernl', taken: '' },
  ]);
  expect(unreadLaid(lesson, { hidden: ['curves'], fixed: 'kernel=5' })).toEqual([]);
});

it('is made once for each engine', () => {
  let made = 0;
  const of = oncePerEngine(() => ++made);
  const [one, other] = [{}, {}] as unknown as [LabEngine, LabEngine];
  expect([of(one), of(one), of(other), of(one)]).toEqual([1, 1, 2, 1]);
});

it('work waits while the page shows something else, and goes on', async () => {
  const rest = new Rest();
  await rest.over;
  rest.begin();
  rest.begin();
  let isOver = false;
  const waiting = rest.over.then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isOver).toBe(false);
  rest.end();
  await waiting;
  expect(isOver).toBe(true);
  await rest.over;
});
