import { expect, test } from 'vitest';
import { dialects } from '../../src/embed/scorm-api.js';
import { shareOf, suspended } from '../../src/embed/scorm.js';
import type { Progress } from '../../src/lessons/frame/progress.js';
import { manifestOf } from '../../src/publish/scorm.js';
import { decode } from '../../src/state/code.js';

const noise = (length: number): string => {
  let text = '';
  for (let i = 0, seed = 1; i < length; i++, seed = (seed * 16_807) % 2_147_483_647) text += String.fromCharCode(33 + (seed % 90));
  return text;
};
const answered = (kind: string) => ({ text: '1', kind, tries: 1 });
const progressOf = (recorded: number, kept: number): Progress => ({
  lesson: 'one-thing',
  steps: {
    first: { prediction: answered('right'), seen: true, answer: answered('right'), state: noise(kept), record: noise(recorded) },
    second: { prediction: answered('other'), seen: true, answer: answered('other'), state: '', record: null },
  },
  sentence: 'A sentence.',
  who: 'Marie',
  when: 1,
});

test('what a platform keeps fits, and loses curves before settings and settings before answers', () => {
  const read = (progress: Progress) => (decode(suspended({ 'one-thing': progress }, 4096)) as Record<string, Progress>)['one-thing']!;
  expect(read(progressOf(100, 100))).toEqual(progressOf(100, 100));
  const curveless = read(progressOf(6000, 100)).steps['first']!;
  expect(curveless.record).toBeNull();
  expect(curveless.state).toBe(noise(100));
  const bare = read(progressOf(6000, 4000));
  expect(bare.steps['first']).toEqual({ ...progressOf(0, 0).steps['first'], record: null });
  expect(bare).toMatchObject({ who: 'Marie', sentence: 'A sentence.' });
  expect(() => suspended({ 'one-thing': { ...progressOf(0, 0), who: noise(9000) } }, 4096)).toThrow('4096');
});

test('the score is the share of solved questions', () => {
  expect(shareOf(progressOf(0, 0))).toBe(0.5);
  expect(shareOf({ ...progressOf(0, 0), steps: {} })).toBe(0);
});

test.each([
  ['1.2', { 'cmi.core.score.raw': '33.33', 'cmi.core.lesson_status': 'incomplete', 'cmi.core.session_time': '0001:01:05' }],
  ['2004', { 'cmi.score.raw': '33.33', 'cmi.score.scaled': '0.33', 'cmi.completion_status': 'incomplete', 'cmi.session_time': 'PT3665S' }],
] as const)('a report in the words of SCORM %s', (version, values) => {
  expect(dialects[version].valuesOf({ score: 1 / 3, done: false, seconds: 3665 })).toMatchObject(values);
});

test('a manifest names its page, every file and its edition', () => {
  const publication = {
    config: { station: 'lessons', state: 'lesson=by-hand', lang: '', scorm: '' as const },
    title: 'A < B & "C"',
    needs: {},
  };
  const old = manifestOf('1.2', publication, ['a&b.js', 'index.html']);
  expect(old).toContain('<manifest identifier="cnnlab-by-hand"');
  expect(old).toContain('<title>A &lt; B &amp; &quot;C&quot;</title>');
  expect(old).toContain('adlcp:scormtype="sco" href="index.html"');
  expect(old.match(/<file href="[^"]+" \/>/g)).toEqual(['<file href="a&amp;b.js" />', '<file href="index.html" />']);
  const later = manifestOf('2004', publication, []);
  expect(later).toContain('<schemaversion>2004 3rd Edition</schemaversion>');
  expect(later).toContain('adlcp:scormType="sco"');
  expect(later).toContain('completionSetByContent="true"');
});
