import { html, nothing, type TemplateResult } from 'lit';
import type { Lang, Translate } from '../../i18n/index.js';
import type { Matrix } from '../../state/properties.js';
import type { Scale } from '../../ui/color.js';
import type { CellDetail, EditDetail, LabGrid, Span } from '../../ui/grid.js';
import { inputTerms, kernelTerms, outputs, windowOf } from './arithmetic.js';
import { poolSize, type Scene } from './scene.js';
import type { Editable, MatrixName } from './state.js';
import { drawThreads } from './threads.js';

/** What the grids need from the station, and what they call. */
export interface GridsHost {
  scene: Scene;
  t: Translate;
  lang: Lang;
  /** Width in pixels. */
  width: number;
  /** Parts whose numbers are not shown yet: "map", or "map:4" for one of them. */
  covered?: readonly string[];
  /** Matrices that can be changed; default: all. */
  open?: readonly Editable[];
  /** Those that stand out. */
  meant?: readonly string[];
  /** A number was pointed at. */
  goTo(matrix: MatrixName, index: number): void;
  /** A cell was clicked; `less`: with the shift key. */
  pick(what: Editable, index: number, less: boolean, grid: LabGrid): void;
  /** A cell was given a value. */
  edit(what: Editable, index: number, value: number): void;
}

/** Cells as large as fit, up to a pleasant size. */
function cellOf(scene: Scene, room: number): number {
  const { image, kernel, padding, columns } = scene.geometry;
  // As large as with a padding of 1 and a stride of 1 at most: cells stay as they are where a map becomes smaller.
  const across = image.columns + 2 * Math.max(1, padding);
  const width = room || 320;
  if (width < 600) return Math.max(6, Math.min(40, Math.floor((across > 12 ? width - 4 : width * 0.67) / across) - 1));
  if (across > 12) {
    // All grids in one row where cells stay legible; else the image as large as half of it.
    const abreast = Math.floor((width - 200 - 29 * kernel.columns) / (across + 2 * columns + scene.lastSize[1]));
    return abreast >= 6 ? Math.min(12, abreast) : Math.max(6, Math.floor(Math.min(360, width * 0.4) / across) - 1);
  }
  const usual = outputs(image.columns, kernel.columns, 1, 1);
  const all = across + kernel.columns + 2 * Math.max(usual, columns) + Math.max(3, Math.floor(usual / poolSize), scene.lastSize[1]);
  return Math.max(28, Math.min(44, Math.floor((width - 216) / all) - 1));
}

interface GridOptions {
  name: string;
  /** What `covered` calls it, where it has no `matrix`. */
  part?: string;
  data: Matrix;
  scale: Scale;
  /** The matrix it shows, where its numbers can be pointed at. */
  matrix?: MatrixName;
  /** The matrix it edits, where its numbers can be changed. */
  what?: Editable;
  /** The values stand in reverse order: the kernel, turned by half a turn. */
  turned?: boolean;
  window?: Span | null;
  padding?: number;
  marks?: ReadonlySet<number> | null;
  cell?: number;
  reach?: number;
}

/** The numbers of a part that are covered. */
function coveredIn(covered: readonly string[], part: string, count: number): ReadonlySet<number> | null {
  if (covered.includes(part)) return new Set(Array.from({ length: count }, (_, i) => i));
  const single = covered.filter((one) => one.startsWith(`${part}:`)).map((one) => Number(one.slice(part.length + 1)));
  return single.length > 0 ? new Set(single) : null;
}

function drawGrid(host: GridsHost, options: GridOptions): TemplateResult {
  const { scene, t, lang } = host;
  const { name, data, matrix } = options;
  const what = options.what && (host.open?.includes(options.what) ?? true) ? options.what : undefined;
  const covered = coveredIn(host.covered ?? [], matrix ?? options.part ?? '', data.values.length);
  const values = options.turned ? [...data.values].reverse() : data.values;
  const place = (index: number): number => (options.turned ? values.length - 1 - index : index);
  let less = false;
  return html`<figure class=${what && host.meant?.includes(what) ? 'meant' : nothing}>
    <figcaption><strong>${name}</strong> ${t('sizeOf', { rows: data.rows, columns: data.columns })}</figcaption>
    <lab-grid
      data-place=${matrix ?? nothing}
      data-part=${options.part ?? nothing}
      data-what=${what ?? nothing}
      .values=${values}
      .rows=${data.rows}
      .columns=${data.columns}
      .padding=${options.padding ?? 0}
      .scale=${options.scale}
      .reach=${options.reach ?? 0}
      .cell=${options.cell ?? cellOf(scene, host.width)}
      .label=${name}
      .lang=${lang}
      .lit=${matrix && matrix === scene.spot.matrix ? scene.spot.index : -1}
      .window=${options.window ?? null}
      .marks=${options.marks ?? null}
      .covered=${covered}
      ?interactive=${matrix !== undefined && covered?.size !== data.values.length}
      ?editable=${what !== undefined}
      ?paintable=${what === 'image'}
      @cell=${(event: CustomEvent<CellDetail>) => matrix && host.goTo(matrix, event.detail.index)}
      @pointerdown=${{ handleEvent: (event: PointerEvent) => (less = event.shiftKey), capture: true }}
      @pick=${(event: CustomEvent<CellDetail>) => what && host.pick(what, place(event.detail.index), less, event.target as LabGrid)}
      @edit=${(event: CustomEvent<EditDetail>) => what && host.edit(what, place(event.detail.index), event.detail.value)}
    ></lab-grid>
  </figure>`;
}

/** A sign and the grid after it, which stay together where the row breaks. */
const drawLinked = (sign: string, what: TemplateResult): TemplateResult =>
  html`<div class="linked"><span class="operator" aria-hidden="true">${sign}</span>${what}</div>`;

function drawForward(host: GridsHost): TemplateResult {
  const { scene, t } = host;
  const { image, kernel, geometry, state } = scene;
  const { matrix, index } = scene.spot;
  const plainMap = state.activation === 'none';
  const activated = scene.at('activated');
  const heatReach = Math.max(...activated.values, 1e-9);
  const poolWindow = matrix === 'pooled' ? scene.poolWindow(index) : null;
  const [top, left] = scene.rowAndColumn(scene.spot);
  const single = matrix === 'activated' ? { top, left, height: 1, width: 1 } : null;
  return html`
    ${drawGrid(host, {
      name: t('image'),
      data: image,
      what: 'image',
      scale: 'light',
      padding: state.padding,
      window: matrix === 'map' ? windowOf(geometry, index) : null,
    })}
    ${drawLinked('∗', drawGrid(host, { name: t('kernel'), data: kernel, what: 'kernel', scale: 'signed', cell: kernelCell(host) }))}
    ${drawLinked(
      '→',
      drawGrid(host, {
        name: t('featureMap'),
        data: scene.at('map'),
        matrix: 'map',
        scale: 'signed',
        window: single ?? (plainMap ? poolWindow : null),
      }),
    )}
    ${
      plainMap
        ? nothing
        : drawLinked(
            '→',
            drawGrid(host, {
              name: t('afterActivation', { name: 'ReLU' }),
              data: activated,
              matrix: 'activated',
              scale: 'heat',
              reach: heatReach,
              window: poolWindow,
              marks: scene.winners,
            }),
          )
    }
    ${
      state.pool === 'none'
        ? nothing
        : drawLinked(
            '→',
            drawGrid(host, {
              name: t(state.pool === 'max' ? 'pooledMax' : 'pooledAvg', { n: poolSize }),
              data: scene.at('pooled'),
              matrix: 'pooled',
              scale: plainMap ? 'signed' : 'heat',
              reach: plainMap ? 0 : heatReach,
            }),
          )
    }
  `;
}

/** One number of a matrix. */
const cellAt = ({ columns }: Matrix, index: number): Span => ({
  top: Math.floor(index / columns),
  left: index % columns,
  height: 1,
  width: 1,
});

const kernelCell = (host: GridsHost): number => Math.max(cellOf(host.scene, host.width), 28);

function drawBackward(host: GridsHost): TemplateResult {
  const { scene, t } = host;
  const { image, kernel, geometry, state } = scene;
  const { index } = scene.spot;
  const map = scene.mapGradient;
  const toImage = state.to === 'image';
  const matrix = toImage ? 'input' : 'weights';
  const isLast = scene.spot.matrix === matrix;
  const before = scene.gradientBefore;
  return html`
    ${drawGrid(host, {
      name: t('gradientOut'),
      data: scene.arriving,
      what: 'arriving',
      scale: 'signed',
      window: before?.matrix === 'arriving' ? cellAt(scene.arriving, before.index) : null,
    })}
    ${
      scene.isActivatedDrawn
        ? drawLinked(
            '→',
            drawGrid(host, {
              name: t('gradientActivated'),
              matrix: 'activatedGradient',
              data: scene.activatedGradient,
              scale: 'signed',
              window: before?.matrix === 'activatedGradient' ? cellAt(scene.activatedGradient, before.index) : null,
            }),
          )
        : nothing
    }
    ${drawLinked(
      '→',
      drawGrid(host, {
        name: t('gradientMap'),
        ...(scene.isMapGradientMade ? { matrix: 'mapGradient' as const } : { part: 'mapGradient' }),
        data: map,
        scale: 'signed',
        window: isLast && toImage ? inputTerms(geometry, map.values, index).span : null,
      }),
    )}
    ${drawLinked(
      '∗',
      toImage
        ? drawGrid(host, {
            name: t('kernelTurned'),
            part: 'kernel',
            data: kernel,
            turned: true,
            what: 'kernel',
            scale: 'signed',
            cell: kernelCell(host),
          })
        : drawGrid(host, {
            name: t('image'),
            data: image,
            what: 'image',
            scale: 'light',
            padding: state.padding,
            window: isLast ? kernelTerms(geometry, map.values, index).span : null,
          }),
    )}
    ${drawLinked(
      '→',
      drawGrid(host, {
        name: t(toImage ? 'gradientInput' : 'gradientKernel'),
        data: scene.at(matrix),
        matrix,
        scale: 'signed',
        ...(toImage ? {} : { cell: kernelCell(host) }),
      }),
    )}
  `;
}

/** Draws image, kernel and results from left to right; backward, the gradients the other way round. */
export const drawGrids = (host: GridsHost): TemplateResult =>
  html`${host.scene.state.way === 'forward' ? drawForward(host) : drawBackward(host)} ${drawThreads()}`;
