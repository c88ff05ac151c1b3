import { keepProgressIn, lessonOfKey, phaseOf, type Drawer, type Progress } from '../lessons/frame/progress.js';
import { order } from '../lessons/list.js';
import type { ScormVersion } from '../publish/scorm-version.js';
import { decode, encode } from '../state/code.js';
import { Platform } from './scorm-api.js';

type All = Record<string, Progress>;

/** Milliseconds between a change and its commit, which may be a request to a server. */
const calm = 2000;

/** The same progress with less in it, for a platform that keeps little. */
const thinner: ((progress: Progress) => Progress)[] = [
  (progress) => progress,
  (progress) => withSteps(progress, { record: null }),
  (progress) => withSteps(progress, { record: null, state: '' }),
  (progress) => ({ ...withSteps(progress, { record: null, state: '' }), sentence: progress.sentence.slice(0, 100) }),
];

function withSteps(progress: Progress, change: Partial<Progress['steps'][string]>): Progress {
  const steps = Object.entries(progress.steps).map(([name, step]) => [name, { ...step, ...change }] as const);
  return { ...progress, steps: Object.fromEntries(steps) };
}

/** All progress as text of at most so many characters. Throws where that is not enough. */
export function suspended(all: All, longest: number): string {
  for (const thin of thinner) {
    const text = encode(Object.fromEntries(Object.entries(all).map(([name, progress]) => [name, thin(progress)])));
    if (text.length <= longest) return text;
  }
  throw new Error(`more than ${longest} characters`);
}

/** Share of a lesson's questions that are solved. */
export function shareOf({ steps }: Progress): number {
  const all = Object.values(steps);
  return all.length === 0 ? 0 : all.filter((step) => phaseOf(step) === 'done').length / all.length;
}

/**
 * Keeps progress with the platform instead of in the browser, and reports what is done. A lesson's score is the share
 * of its questions that are solved; it is completed when all are. Neither ever falls.
 */
class Reporter implements Drawer {
  private readonly all: All;
  private readonly began = performance.now();
  private best: number;
  private done: boolean;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly lessons: readonly string[],
  ) {
    const { dialect } = platform;
    this.all = (decode(platform.get('cmi.suspend_data')) as All | undefined) ?? {};
    this.best = Number(platform.get(dialect.scoreBefore)) / 100 || 0;
    this.done = ['completed', 'passed'].includes(platform.get(dialect.status));
    this.report();
  }

  getItem(key: string): string {
    const lesson = lessonOfKey(key);
    return JSON.stringify(this.all[lesson] ?? { lesson, who: this.platform.get(this.platform.dialect.student) });
  }

  setItem(key: string, text: string): void {
    this.all[lessonOfKey(key)] = JSON.parse(text) as Progress;
    const share = this.lessons.reduce((sum, name) => sum + (this.all[name] ? shareOf(this.all[name]) : 0), 0) / this.lessons.length;
    this.reach(share);
    this.platform.set({ 'cmi.suspend_data': suspended(this.all, this.platform.dialect.longest) });
    if (!this.platform.good) throw new Error('the platform did not keep it');
  }

  removeItem(key: string): void {
    delete this.all[lessonOfKey(key)];
  }

  /** So much has been done, from 0 to 1. */
  reach(share: number): void {
    this.best = Math.max(this.best, share);
    this.done ||= share >= 1;
    this.report();
  }

  private report(): void {
    const seconds = (performance.now() - this.began) / 1000;
    this.platform.set(this.platform.dialect.valuesOf({ score: this.best, done: this.done, seconds }));
    this.waiting ??= setTimeout(this.commit, calm);
    // Behind the listeners of the page, which save what has just been done.
    removeEventListener('pagehide', this.end);
    addEventListener('pagehide', this.end);
  }

  private readonly commit = (): void => {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.platform.commit();
  };

  private readonly end = (): void => {
    this.report();
    clearTimeout(this.waiting);
    this.platform.end();
  };
}

/** Begins to report. `lesson`: the page has this one alone; empty: all. Gives what to call when a station was used. */
export function reportTo(version: ScormVersion, lesson: string): { used: () => void } | null {
  const platform = Platform.find(version);
  if (!platform) return null;
  const reporter = new Reporter(platform, lesson ? [lesson] : order);
  keepProgressIn(reporter);
  return { used: () => reporter.reach(1) };
}
