import { html, nothing, type TemplateResult } from 'lit';
import type { DataCard, ImageSet, SplitName } from '../../client/client.js';
import type { DuplicatesLook, NeighboursLook } from '../../client/module.js';
import { classIn, type Lang, type Translate } from '../../i18n/index.js';
import '../../inspect/picture.js';
import { fixed, percent, plain } from '../../ui/numbers.js';
import type { ImagePlace } from './class-list.js';
import './images.js';
import type { Search } from './look.js';

interface Words {
  t: Translate;
  lang: Lang;
  card: DataCard;
}

/** "Pullover, test image 12" */
export function nameOf({ t, lang, card }: Words, { split, index }: ImagePlace, label: number): string {
  return t(split === 'train' ? 'lookTrainImage' : 'lookTestImage', { name: classIn(lang, card, label), n: plain(index, lang) });
}

/** "test image 12" */
const numberOf = ({ t, lang }: Words, { split, index }: ImagePlace): string =>
  t(split === 'train' ? 'lookTrainNumber' : 'lookTestNumber', { n: plain(index, lang) });

/** An image and those that are nearest to it. */
export interface Near {
  place: ImagePlace;
  image: ImageSet;
  nearest: NeighboursLook;
}

/** Draws the image that is looked at, and its nearest ones; each of these can be looked at in turn. */
export function drawNear(words: Words, near: Near, look: (place: ImagePlace) => void): TemplateResult {
  const { t, lang, card } = words;
  const { place, image, nearest } = near;
  const label = image.labels[0]!;
  const { of, neighbours, images } = nearest;
  const captions = neighbours.map(({ distance }, i) => ({
    text: classIn(lang, card, images.labels[i]!),
    note: fixed(distance, lang, 3),
    other: images.labels[i] !== label,
  }));
  const same = captions.filter(({ other }) => !other).length;
  const placeOf = (i: number): ImagePlace => ({ split: of, index: neighbours[i]!.image });
  return html`<div class="near" data-testid="near">
    <div class="asked">
      <lab-picture .pixels=${image.pixels} .shape=${image.shape} .size=${112} .label=${nameOf(words, place, label)}></lab-picture>
      <div>
        <strong>${classIn(lang, card, label)}</strong>
        <div class="note">${numberOf(words, place)}</div>
        <p class="note">
          ${t(of === 'train' ? 'lookNearestTrain' : 'lookNearestTest', { n: neighbours.length })}
          ${neighbours.length > 0 ? t('lookSameClass', { n: same, all: neighbours.length }) : nothing}
        </p>
      </div>
    </div>
    <lab-image-row
      .images=${images}
      .captions=${captions}
      .names=${(i: number) => numberOf(words, placeOf(i)) + (captions[i]!.other ? `, ${t('lookOtherClass')}` : '')}
      .size=${56}
      .label=${t('lookNearestLabel')}
      .lang=${lang}
      @image=${(event: CustomEvent<number>) => look(placeOf(event.detail))}
    ></lab-image-row>
  </div>`;
}

const distances = [0, 0.02, 0.05, 0.1];

interface Searching {
  search: Search | null;
  tests: number;
  distance: number;
  choose(distance: number): void;
  stop(): void;
  goOn(): void;
  look(place: ImagePlace): void;
}

/** Draws the distance that counts, how far the search is, and what it has found. */
export function drawDuplicates(words: Words, { search, tests, distance, choose, stop, goOn, look }: Searching): TemplateResult {
  const { t, lang } = words;
  const share = search && tests > 0 ? search.done / tests : 0;
  const offered = [...new Set([...distances, distance])].sort((a, b) => a - b);
  const progress = t('lookSearching', { done: plain(search?.done ?? 0, lang), total: plain(tests, lang) });
  return html`<div class="row tight searching">
      <div class="field">
        <label for="distance">${t('lookDistance')}</label>
        <select id="distance" @change=${(event: Event) => choose(Number((event.target as HTMLSelectElement).value))}>
          ${offered.map((one) => html`<option value=${one} ?selected=${one === distance}>${plain(one, lang, 3)}</option>`)}
        </select>
      </div>
      ${
        search?.running
          ? html`<div class="progress">${progress}<progress max="1" value=${share} aria-label=${progress}></progress></div>
              <button @click=${stop}>${t('lookStop')}</button>`
          : search && search.done < tests && !search.problem
            ? html`<span class="note">${progress}</span><button @click=${goOn}>${t('lookGoOn')}</button>`
            : nothing
      }
    </div>
    ${search?.found ? drawFound(words, search.found, search.done, look) : nothing}`;
}

function drawFound(words: Words, found: DuplicatesLook, done: number, look: (place: ImagePlace) => void): TemplateResult {
  const { t, lang } = words;
  const facts = t('lookFound', {
    n: found.count,
    all: plain(done, lang),
    share: percent(done > 0 ? found.count / done : 0, lang),
    other: plain(found.disagreeing, lang),
  });
  return html`<p data-testid="duplicates" role="status">${facts}</p>
    ${drawPairs(words, found, look)}
    ${found.count > found.pairs.length ? html`<p class="note">${t('lookNearestPairs', { n: found.pairs.length })}</p>` : nothing}`;
}

/** Draws a test image and a training image for each pair. `look`: what a click on one of them does, where it does. */
export function drawPairs(words: Words, found: DuplicatesLook, look: ((place: ImagePlace) => void) | null): TemplateResult {
  const { t, lang, card } = words;
  const half = (set: ImageSet, i: number): ImageSet => {
    const size = set.shape[0] * set.shape[1] * set.shape[2];
    return { count: 1, shape: set.shape, pixels: set.pixels.subarray(i * size, (i + 1) * size), labels: set.labels.subarray(i, i + 1) };
  };
  const one = (split: SplitName, set: ImageSet, i: number, index: number, other: boolean): TemplateResult => {
    const name = nameOf(words, { split, index }, set.labels[i]!);
    const drawn = html`<lab-picture .pixels=${half(set, i).pixels} .shape=${set.shape} .size=${48}></lab-picture>
      <span class=${other ? 'other' : ''} aria-hidden="true">${classIn(lang, card, set.labels[i]!)}</span>
      <span class="note" aria-hidden="true">${numberOf(words, { split, index })}</span>`;
    return look
      ? html`<button class="half" aria-label=${name} @click=${() => look({ split, index })}>${drawn}</button>`
      : html`<div class="half" role="img" aria-label=${name}>${drawn}</div>`;
  };
  return html`<ul class="pairs">
    ${found.pairs.map(({ test, train, distance }, i) => {
      const other = found.tests.labels[i] !== found.trains.labels[i];
      return html`<li>
        ${one('test', found.tests, i, test, false)} ${one('train', found.trains, i, train, other)}
        <span class="value"
          >${fixed(distance, lang, 3)}${other ? html`<span class="hidden">, ${t('lookOtherClass')}</span>` : nothing}</span
        >
      </li>`;
    })}
  </ul>`;
}
