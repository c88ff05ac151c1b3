import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { classIn } from '../../i18n/index.js';
import '../../inspect/picture.js';
import { defaults } from '../../state/properties.js';
import { drawChoices } from '../../stations/convolution/settings.js';
import { aboutPercent, figures, fixed, percent, plain } from '../../ui/numbers.js';
import { saveFile } from '../../ui/save.js';
import { base, controls, tables, troubles } from '../../ui/styles.js';
import { LessonView } from '../frame/lesson-view.js';
import { drawTable, type Row } from '../frame/table.js';
import { benchStyles, viewStyles } from '../frame/view-styles.js';
import { fed, requestOf, seen } from './feeds.js';
import { logitsOf, normOf, numbersIn, placeOf, ranked, rest, softmax } from './measures.js';
import { epochs, extent, images, lookedAt, widths } from './network.js';
import { npyOf } from './npy.js';
import { numbersOf, tensorNamed, weightBytes } from './onnx-file.js';
import { feeds, formats, imageOf, offers, table, thresholds, type Facts, type Feed, type Measured, type State } from './state.js';
import { labOf, type WorldLab } from './world-lab.js';

/** Weights of which the places are shown. */
const firstPlaces = 12;
/** Images that are shown as the network gets them. */
const fedImages = 8;
/** Classes in an answer, as the command line has them. */
const told = 3;

const python = `import numpy, onnxruntime
session = onnxruntime.InferenceSession("net.onnx")
print(session.run(None, {"input": numpy.load("input.npy")})[0])`;

/** Files of a trained network, what is in them, another program that runs one, and what can go wrong there. */
export class WorldView extends LessonView<State, Facts> {
  static override styles = [
    base,
    controls,
    tables,
    troubles,
    viewStyles,
    benchStyles,
    css`
      pre {
        margin: 0;
        padding: 8px 12px;
        background: var(--lab-sunk);
        border-radius: var(--lab-radius);
        font-family: var(--lab-mono);
        font-size: var(--lab-small);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .block {
        display: grid;
        gap: 8px;
        justify-items: start;
      }
      .block > pre {
        justify-self: stretch;
      }
      .block h3 {
        font-size: var(--lab-text);
      }
      .buttons,
      .images {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .number {
        font-family: var(--lab-mono);
      }
    `,
  ];

  private lab: WorldLab | null = null;

  constructor() {
    super();
    this.s = defaults(table);
  }

  override disconnectedCallback(): void {
    this.lab = null;
    super.disconnectedCallback();
  }

  override get facts(): Facts | null {
    const { lab, s } = this;
    if (!lab?.made) return null;
    if (s.show === 'file') return { state: s, made: lab.made, measured: null };
    return lab.measured ? { state: s, made: lab.made, measured: lab.measured } : null;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.engine && !this.lab && this.isConnected) {
      this.lab = this.follow(labOf(this.engine));
      this.begin();
    }
    if (changed.has('s') || changed.has('beat')) this.tellFacts();
    this.keep();
  }

  private begin(): void {
    if (this.lab) this.attempt(this.lab.work());
  }

  /** The sheet gets how far the two programs were apart, and what mistakes cost. */
  private keep(): void {
    const { facts, record, s } = this;
    if (!this.open || record !== null || s.show !== 'pixels' || !facts?.measured) return;
    const { apart, accuracies } = facts.measured;
    this.keepRecord([Number(apart.toPrecision(2)), ...feeds.map((feed) => Number(accuracies[feed].toFixed(4)))]);
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  private drawFile({ made, state }: Facts): TemplateResult {
    const { lang } = this;
    const hidden = this.covers.includes('sizes');
    const number = (value: number): string => (hidden ? '?' : plain(value, lang));
    const { format } = state;
    const sizes: Row = [this.w(format), number(made.sizes[format]), number(weightBytes(made.plain)), number(rest(made, format))];
    const tensors = made.plain.tensors.map(({ name, shape, bytes }): Row => [name, shape.join('×'), number(bytes.length)]);
    return html`${this.drawControls()}
    ${drawTable({ title: this.w('sizes'), head: ['format', 'whole', 'weights', 'rest'].map((key) => this.w(key)), rows: [sizes], id: 'sizes' })}
    ${this.open ? this.drawSave(`net.${format}`, () => made.bytes[format]) : nothing}
    ${drawTable({ title: this.w('tensors'), head: ['tensor', 'shape', 'bytes'].map((key) => this.w(key)), rows: tensors, id: 'tensors' })}`;
  }

  private drawSave(name: string, bytes: () => Uint8Array<ArrayBuffer>): TemplateResult {
    const save = (): void => saveFile(name, bytes(), 'application/octet-stream');
    return html`<div class="buttons"><button @click=${save}>${this.w('save', { name })}</button></div>`;
  }

  private drawLayout({ made, state }: Facts): TemplateResult {
    if (this.covers.includes('order')) return this.drawHidden();
    const { lang } = this;
    const { order } = state;
    const tensor = tensorNamed(made.plain, `${lookedAt}.weight`);
    const [shape, values] = order === 'lab' ? [made.weights.shape, made.weights.data] : [tensor.shape, numbersOf(tensor)];
    const rows = Array.from({ length: firstPlaces }, (_, at): Row => {
      return [plain(at, lang), ...placeOf(shape, at, order).map((one) => plain(one, lang)), fixed(values[at]!, lang, 4)];
    });
    const head = ['position', 'filter', 'row', 'column', 'channel', 'weight'].map((key) => this.w(key));
    const title = this.w('firstWeights', { name: `${lookedAt}, ${shape.join('×')}` });
    return html`${this.drawControls()} ${drawTable({ title, head, rows, id: 'places' })}`;
  }

  private drawFold({ made, state }: Facts): TemplateResult {
    if (this.covers.includes('fold')) return this.drawHidden();
    const { lang } = this;
    const file = state.fold === 'yes' ? made.folded : made.plain;
    const rows = file.nodes.map(({ op, inputs }): Row => {
      const weights = inputs.filter((name) => file.tensors.some((tensor) => tensor.name === name));
      return [op, weights.join(', ')];
    });
    const { gamma, beta, mean, variance, epsilon } = normOf(made.plain, state.map);
    const norm: Row[] = [
      ['γ', fixed(gamma, lang, 4)],
      ['β', fixed(beta, lang, 4)],
      [this.w('mean'), fixed(mean, lang, 4)],
      [this.w('variance'), fixed(variance, lang, 4)],
      ['ε', figures(epsilon, lang, 1)],
    ];
    const caption = this.w('norm', { map: state.map });
    return html`${this.drawControls()}
      ${drawTable({ title: this.w('graph'), head: [this.w('operator'), this.w('inputs')], rows, id: 'nodes' })}
      <p class="number" data-testid="numbers">${this.w('numbers', { numbers: numbersIn(file), nodes: file.nodes.length })}</p>
      ${drawTable({ title: caption, head: [this.w('number'), this.w('value')], rows: norm, id: 'norm' })}`;
  }

  private drawRuntime({ made, measured, state }: Facts): TemplateResult {
    if (this.covers.includes('runtime')) return this.drawHidden();
    const { lang } = this;
    const { card } = made;
    const at = imageOf(measured!, state);
    const [lab, other] = [measured!.lab, measured!.other].map((all) => logitsOf(all, at, card.classes.length)) as [
      Float32Array,
      Float32Array,
    ];
    const rows = card.classes.map((_, k): Row => [
      classIn(lang, card, k),
      fixed(lab[k]!, lang, 5),
      fixed(other[k]!, lang, 5),
      figures(Math.abs(lab[k]! - other[k]!), lang, 2),
    ]);
    const head = ['class', 'inLab', 'inOther', 'difference'].map((key) => this.w(key));
    return html`${this.drawControls()} ${this.drawPicture(measured!, at)}
      ${drawTable({ title: this.w('logits', { n: at + 1 }), head, rows, id: 'logits' })}
      <div class="block">
        <h3>${this.w('ownRuntime')}</h3>
        <div class="buttons">
          ${this.drawSave('net.onnx', () => made.bytes.onnx)}
          ${this.drawSave('input.npy', () => npyOf(fed('trained', measured!.images, [at], card)))}
        </div>
        <pre tabindex="0">${python}</pre>
      </div>`;
  }

  private drawPicture({ images }: Measured, at: number): TemplateResult {
    const name = classIn(this.lang, this.lab!.made!.card, images.labels[at]!);
    return html`<lab-picture
      .pixels=${seen('trained', images, at)}
      .shape=${images.shape}
      .size=${84}
      .label=${this.w('imageOf', { n: at + 1, name })}
    ></lab-picture>`;
  }

  private drawPixels({ made, measured, state }: Facts): TemplateResult {
    if (this.covers.includes('pixels')) return this.drawHidden();
    const { lang } = this;
    const { images, accuracies } = measured!;
    const { feed } = state;
    const shown = Array.from({ length: fedImages }, (_, i) => i);
    const { data } = fed(feed, images, shown, made.card);
    const range = { low: Math.min(...data), high: Math.max(...data) };
    const row = (one: Feed): Row => [this.w(`feed_${one}`), percent(accuracies[one], lang)];
    const rows = feed === 'trained' ? [row(feed)] : [row('trained'), row(feed)];
    return html`${this.drawControls()}
      <div class="block">
        <p id="fed">${this.w('fedSo', range)}</p>
        <div class="images" role="img" aria-labelledby="fed">
          ${shown.map((at) => html`<lab-picture .pixels=${seen(feed, images, at)} .shape=${images.shape} .size=${56} .label=${''}></lab-picture>`)}
        </div>
      </div>
      ${drawTable({ title: this.w('feeds'), head: [this.w('feed'), this.w('share')], rows, id: 'feeds' })}`;
  }

  private drawAnswer({ made, measured, state }: Facts): TemplateResult {
    if (this.covers.includes('answer')) return this.drawHidden();
    const { lang } = this;
    const { card } = made;
    const at = imageOf(measured!, state);
    const least = thresholds[state.threshold]!;
    const { share, right } = measured!.answered[state.threshold]!;
    const row: Row = [aboutPercent(least / 100, lang), percent(share, lang), percent(right, lang)];
    const head = ['threshold', 'answered', 'right'].map((key) => this.w(key));
    return html`${this.drawControls()} ${drawTable({ title: this.w('answers'), head, rows: [row], id: 'answered' })}
      ${this.drawPicture(measured!, at)}
      <div class="block">
        <h3>${this.w('request')}</h3>
        <pre tabindex="0">${shortened(requestOf(measured!.images, at, card))}</pre>
      </div>
      <div class="block">
        <h3>${this.w('response')}</h3>
        <pre tabindex="0" data-testid="response">${this.answerTo(measured!, at, least)}</pre>
      </div>`;
  }

  /** As the command line prints it; without classes where it is too unsure. */
  private answerTo({ other }: Measured, at: number, least: number): string {
    const { classes } = this.lab!.made!.card;
    const logits = logitsOf(other, at, classes.length);
    const probabilities = softmax(logits);
    const top = ranked(logits)
      .slice(0, told)
      .map((index) => ({ class: classes[index], index, probability: Number(probabilities[index]!.toFixed(4)) }));
    const lines = top[0]!.probability >= least / 100 ? `\n  ${top.map((one) => JSON.stringify(one)).join(',\n  ')}` : '';
    return `{"run": "net", "predictions": [{"image": "${at + 1}.png", "top": [${lines}]}], "unread": []}`;
  }

  private drawControls(): TemplateResult | typeof nothing {
    const { s, lang } = this;
    const numbers = (values: readonly number[]): [number, string][] => values.map((value, place) => [place, plain(value, lang)]);
    const shares = thresholds.map((least, place): [number, string] => [place, aboutPercent(least / 100, lang)]);
    const named = <T extends string>(values: readonly T[], prefix = ''): [T, string][] =>
      values.map((value) => [value, this.w(`${prefix}${value}`)]);
    const offered = Array.from({ length: offers }, (_, i) => i + 1);
    const maps = Array.from({ length: widths[0] }, (_, i): [number, string] => [i + 1, plain(i + 1, lang)]);
    const draw = {
      format: () => drawChoices(this.w('format'), s.format, named(formats), (format) => this.change({ format })),
      order: () => drawChoices(this.w('order'), s.order, named(['lab', 'file'] as const), (order) => this.change({ order })),
      fold: () => drawChoices(this.w('fold'), s.fold, named(['no', 'yes'] as const, 'fold_'), (fold) => this.change({ fold })),
      map: () => drawChoices(this.w('map'), s.map, maps, (map) => this.change({ map })),
      image: () => drawChoices(this.w('image'), s.image, numbers(offered), (image) => this.change({ image })),
      feed: () => drawChoices(this.w('feed'), s.feed, named(feeds, 'feed_'), (feed) => this.change({ feed })),
      threshold: () => drawChoices(this.w('threshold'), s.threshold, shares, (threshold) => this.change({ threshold })),
    };
    return this.drawFieldset(draw);
  }

  private drawShown(facts: Facts): TemplateResult {
    switch (facts.state.show) {
      case 'file':
        return this.drawFile(facts);
      case 'layout':
        return this.drawLayout(facts);
      case 'fold':
        return this.drawFold(facts);
      case 'runtime':
        return this.drawRuntime(facts);
      case 'pixels':
        return this.drawPixels(facts);
      case 'answer':
        return this.drawAnswer(facts);
    }
  }

  private drawWaiting(): TemplateResult {
    const share = this.lab?.progress ?? 0;
    return this.drawShare(this.w('working', { share: percent(share, this.lang) }), share);
  }

  protected override render(): TemplateResult {
    const { facts, lab } = this;
    return html`<div class="bench" data-ready=${facts ? 'true' : 'false'}>
      ${this.drawProblem(
        lab?.problem ?? null,
        this.retry(() => this.begin()),
      )}
      <p class="note">${this.w('extent', { train: images(), tests: extent.test, epochs: epochs() })}</p>
      ${facts ? this.drawShown(facts) : this.drawWaiting()} ${this.drawVoice()}
    </div>`;
  }
}

/** The first numbers of a list that is too long to read. */
const shortened = (json: string): string => `${json.split(',').slice(0, 4).join(', ')}, …`;

customElements.define('lab-view-world', WorldView);
