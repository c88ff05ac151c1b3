import { translate, type Lang } from '../i18n/index.js';
import { wordsIn } from '../lessons/frame/lesson-type.js';
import { cardOf, order } from '../lessons/list.js';
import type { Publication } from '../publish/pack.js';
import type { PageConfig } from '../publish/page-config.js';
import { unionOf, type Needs } from '../state/needs.js';
import { stations } from './list.js';

export { langs } from '../i18n/index.js';
export { zipOf } from '../publish/archive.js';
export { missingData } from '../publish/cut-data.js';
export { mostBytes, packWithin } from '../publish/one-file.js';
export { markFile, missingModels, packFolder } from '../publish/pack.js';
export { packScorm } from '../publish/scorm.js';

/** For lessons that do not say what they use. */
const usual: Needs = { data: { 'fashion-mnist': { train: 4000, test: 1000 } } };
const needsOf = (lesson: string): Needs => cardOf(lesson).needs ?? usual;

/** The same with as many training images as a teacher has laid down. */
const withImages = ({ data = {}, ...others }: Needs, images: number): Needs => ({
  ...others,
  data: Object.fromEntries(Object.entries(data).map(([name, { train, test }]) => [name, { train: Math.max(train, images || 0), test }])),
});

/** Names of what can be published: each lesson, then each station. */
export const names = (): string[] => [...order, ...stations.map(({ name }) => name)];

/** A lesson or a station as a page of its own; null: there is none of that name. `state`: more for its link. */
export function publicationOf(name: string, lang: Lang | '', scorm: PageConfig['scorm'] = '', state = ''): Publication | null {
  const speaks = lang || 'en';
  if ((order as readonly string[]).includes(name)) {
    const params = new URLSearchParams(state);
    params.set('lesson', name);
    params.set('alone', 'yes');
    return {
      config: { station: 'lessons', state: params.toString(), lang, scorm },
      title: wordsIn(cardOf(name).words, speaks).title,
      needs: withImages(needsOf(name), Number(params.get('images'))),
    };
  }
  const station = stations.find((one) => one.name === name);
  if (!station) return null;
  const needs = name === 'lessons' ? unionOf(order.map(needsOf)) : 'needs' in station ? station.needs : {};
  return { config: { station: name, state, lang, scorm }, title: translate(speaks)(station.title), needs };
}
