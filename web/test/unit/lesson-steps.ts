import { describe, expect, it } from 'vitest';
import { namesIn } from '../../src/client/protocol/sentence.js';
import { stepNames, type AnyAsk, type AnyLesson } from '../../src/lessons/frame/lesson-type.js';

/** An answer, and the facts that it is given to where they are not the step's usual ones. */
export type Case<Facts> = [answer: number | string, of?: Facts];
/** Answers by step and by the kind that they are. */
export type Cases<Facts> = Record<string, Record<string, Case<Facts>[]>>;

function judge<Facts>(ask: AnyAsk, answer: number | string, of: Facts): string {
  if (ask.by === 'view') return ask.judge(of);
  return ask.by === 'number' ? ask.judge(Number(answer), of) : ask.judge(String(answer), of);
}

/** What holds for each step of a lesson: every kind of answer has a case and a reply, and no word lacks its number. */
export function describeSteps<Facts>(
  lesson: AnyLesson,
  facts: (step: string) => Facts,
  predictions: Cases<Facts>,
  tasks: Cases<Facts>,
): void {
  describe.each(stepNames(lesson))('step %s', (name) => {
    const words = lesson.words.en.steps[name]!;
    const step = lesson.steps[name]!;

    it.each([
      ['prediction', step.predict, words.predict, predictions[name]!],
      ['answer', step.task, words.task, tasks[name]!],
    ] as const)('knows every kind of %s', (_, ask, said, cases) => {
      expect(Object.keys(cases).sort()).toEqual(Object.keys(said.replies).sort());
      for (const [kind, answers] of Object.entries(cases))
        for (const [answer, of = facts(name)] of answers) expect(judge(ask, answer, of), `${answer}`).toBe(kind);
      if (said.options)
        for (const answer of Object.values(cases)
          .flat()
          .map(([one]) => one))
          expect(Object.keys(said.options)).toContain(answer);
    });

    it('has a number for every name in its words, and formulas for its explanation', () => {
      const values = step.values?.(facts(name), (key) => key) ?? {};
      const replies = [words.predict, words.task].flatMap((ask) => [ask.ask, ...Object.values(ask.replies)]);
      for (const text of [...words.text, ...words.reveal, ...words.why, ...replies])
        expect(Object.keys(values), text).toEqual(expect.arrayContaining(namesIn(text)));
      for (const value of Object.values(values)) expect(value).not.toBeNaN();
      const formulas = step.why(facts(name), 'es');
      expect(formulas.length).toBe(words.why.length);
      for (const tex of formulas) expect(tex).not.toMatch(/NaN|undefined/);
    });
  });
}
