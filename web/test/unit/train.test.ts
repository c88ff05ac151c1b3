import { describe, expect, it } from 'vitest';
import type { Experiment, LabProblem, Message } from '../../src/client/client.js';
import { insertLayer, layerNames, moveLayer, removeLayer, setLayerField, setSectionField, setSectionType } from '../../src/design/edits.js';
import { Undo } from '../../src/design/undo.js';
import { remedyFor } from '../../src/design/remedies.js';
import { curveData } from '../../src/run/curves.js';
import { decodeDesign, encodeDesign, sameDesign } from '../../src/design/design-code.js';
import { historyFrom, metricsOf } from '../../src/files/metrics.js';
import type { EngineMessage } from '../../src/i18n/language.js';
import { emptyHistory } from '../../src/run/history.js';
import { limited, starter } from '../../src/design/starter.js';
import { csvOf, svgOf, ticks } from '../../src/ui/chart-files.js';

const chain = starter('fashion-mnist', 10);
const residual: Experiment = {
  name: 'r',
  dataset: 'cifar10',
  model: {
    layers: [
      { type: 'conv2d', out_channels: 8, name: 'stem' },
      { type: 'conv2d', out_channels: 8, padding: 1, from: ['stem'] },
      { type: 'relu' },
      { type: 'conv2d', out_channels: 8, kernel: 1, from: 'stem' },
      { type: 'batch_norm' },
      { type: 'add', from: ['relu_1', 'batch_norm_1'] },
      { type: 'dense', out_features: 10 },
    ],
  },
};

describe('editing a design', () => {
  it('counts names as the engine does', () => {
    expect(layerNames(residual.model.layers)).toEqual(['stem', 'conv2d_2', 'relu_1', 'conv2d_3', 'batch_norm_1', 'add_1', 'dense_1']);
  });

  it('keeps references when a layer before them changes the count', () => {
    const { layers } = insertLayer(residual, 0, { type: 'relu' }).model;
    expect(layerNames(layers)[3]).toBe('relu_1');
    expect(layers[6]!.from).toEqual(['relu_1', 'batch_norm_1']);
  });

  it('gives the readers of a removed layer what it read', () => {
    expect(removeLayer(residual, 2).model.layers[4]!.from).toEqual(['conv2d_2', 'batch_norm_1']);
    // The batch norm after the shortcut reads the stem itself, not the layer that now stands before it.
    expect(removeLayer(residual, 3).model.layers[3]!.from).toEqual(['stem']);
    const without = removeLayer(residual, 4).model.layers;
    expect(without[4]!.from).toEqual(['relu_1', layerNames(without)[3]]);
    expect(removeLayer(residual, 0).model.layers[0]!.from).toEqual(['input']);
  });

  it('moves, renames and leaves the old design alone', () => {
    const before = structuredClone(residual);
    expect(
      moveLayer(chain, 0, 2)
        .model.layers.map(({ type }) => type)
        .slice(0, 3),
    ).toEqual(['relu', 'max_pool2d', 'conv2d']);
    const renamed = setLayerField(residual, 0, 'name', 'first').model.layers;
    expect([renamed[1]!.from, renamed[3]!.from]).toEqual([['first'], ['first']]);
    expect(residual).toEqual(before);
  });

  it('changes sections, whether they are short or long', () => {
    expect(setSectionField(chain, 'loss', 'label_smoothing', 0.1).loss).toEqual({ type: 'cross_entropy', label_smoothing: 0.1 });
    expect(setSectionType(chain, 'optimizer', 'sgd', ['lr', 'momentum']).optimizer).toEqual({ type: 'sgd', lr: 0.002 });
  });

  it('undoes and redoes', () => {
    const undo = new Undo<number>();
    undo.did(1);
    undo.did(2);
    expect([undo.undo(3), undo.undo(2), undo.undo(1)]).toEqual([2, 1, null]);
    expect([undo.redo(1), undo.redo(2), undo.redo(3)]).toEqual([2, 3, null]);
  });

  it('knows a way out of what the engine complains of', () => {
    const message = (id: EngineMessage, args: Message['args'] = {}): Message => ({ id, args, english: '' });
    const error = (problem: Message, remedy: Message): LabProblem => ({ code: 'shape_mismatch', place: '', problem, remedy });
    const seven = message('model.outputs', { outputs: 7, classes: 10 });
    const outputs = remedyFor(chain, error(seven, message('model.give_outputs', { outputs: 10 })), 7, null)!;
    expect(outputs.apply(setLayerField(chain, 7, 'out_features', 7)).model.layers[7]).toEqual({ type: 'dense', out_features: 10 });
    const rate = setSectionField(chain, 'optimizer', 'lr', -1);
    const between = message('give.between', { low: '0', high: '1000000' });
    expect(remedyFor(rate, error(message('value.is', { value: '-1' }), between), null, 'optimizer.lr')?.value).toBe(0);
    const large = setLayerField(chain, 0, 'stride', 2);
    const fits = error(message('layer.kernel_large', { kernel: '9×9', height: 5, width: 4 }), message('layer.smaller_kernel'));
    expect(remedyFor(large, fits, 0, 'kernel')?.value).toBe(4);
    expect(remedyFor(chain, error(message('value.is_empty'), message('experiment.add_a_layer')), null, 'model.layers')).toBeNull();
  });
});

describe('a design in a link', () => {
  it('comes back as it was', () => {
    const code = encodeDesign(residual);
    expect(code).toMatch(/^[\w-]+$/);
    expect(sameDesign(decodeDesign(code), residual)).toBe(true);
  });

  it('is nothing where it is damaged or no experiment', () => {
    expect(decodeDesign('xyz')).toBeNull();
    expect(decodeDesign(encodeDesign({ name: 'x' } as Experiment))).toBeNull();
    expect(decodeDesign(encodeDesign({ ...chain, model: { layers: [null] } } as unknown as Experiment))).toBeNull();
  });

  it('is compared by content', () => {
    expect(sameDesign({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1, d: undefined })).toBe(true);
    expect(sameDesign({ a: 1 }, { a: 1, b: 0 })).toBe(false);
    expect(sameDesign([], {})).toBe(false);
  });

  it('names its images as the command line does', () => {
    expect(limited(chain, 500).dataset).toEqual({ name: 'fashion-mnist', train_limit: 500 });
    expect(limited(limited(chain, 500), null).dataset).toEqual({ name: 'fashion-mnist' });
  });
});

function course() {
  const history = emptyHistory();
  for (let step = 1; step <= 7; step++) {
    history.step.push(step);
    history.epoch.push(step > 4 ? 1 : 0);
    history.count.push(step === 4 ? 1 : 3);
    history.loss.push(3 - step / 4);
    history.accuracy.push(step / 10);
    history.learning_rate.push(0.1);
    history.gradient_norm.push(0);
    history.seconds.push(step / 2);
  }
  history.epochs.push({
    type: 'epoch_end',
    session: 1,
    epoch: 0,
    step: 4,
    train_loss: 2,
    train_accuracy: 0.3,
    test_loss: 2.5,
    test_accuracy: 0.25,
  });
  // prettier-ignore
  history.evaluations.push({ type: 'eval_end', session: 1, epoch: 0, step: 4, loss: 2.5, accuracy: 0.25, top5: 1, count: 4, class_accuracy: [0, 0.5], confusion: [[0, 2], [1, 1]] });
  return history;
}

describe('metrics', () => {
  const shape = { stepsPerEpoch: 4, totalSteps: 8 };

  it('are written as the command line writes them and read back', () => {
    const text = metricsOf(course(), shape);
    const lines = text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
    expect(lines.map(({ event }) => event)).toEqual([
      'train_begin',
      'epoch_begin',
      ...new Array<string>(4).fill('batch_end'),
      'eval_end',
      'epoch_end',
      'epoch_begin',
      ...new Array<string>(3).fill('batch_end'),
    ]);
    expect(lines[0]).toEqual({ event: 'train_begin', step: 0, total_steps: 8, steps_per_epoch: 4, epochs: 2, seconds: 0 });
    expect(lines[5]).toMatchObject({ step: 3, epoch: 0, count: 1, loss: 2 });
    const back = historyFrom(text);
    const { epochs, evaluations, ...columns } = course();
    expect(back).toMatchObject(columns);
    expect(back.evaluations).toMatchObject(evaluations.map(({ session: _, ...rest }) => rest));
    expect(back.epochs).toMatchObject(epochs.map(({ session: _, ...rest }) => rest));
  });

  it('end where a crash has cut a line', () => {
    const text = metricsOf(course(), shape);
    expect(historyFrom(text.slice(0, -20)).step).toEqual([1, 2, 3, 4, 5, 6]);
    expect(historyFrom('').step).toEqual([]);
  });
});

describe('curves', () => {
  it('put steps and ends of epochs on one axis', () => {
    const ghost = course();
    const [x, ...columns] = curveData(course(), [ghost], 'accuracy', 4);
    expect(Array.from(x)).toEqual([1, 2, 3, 4, 5, 6, 7].map((step) => step / 4));
    expect(columns).toHaveLength(5);
    expect(Array.from(columns[4]!)).toEqual([null, null, null, 25, null, null, null]);
    expect(columns[2]![6]).toBeCloseTo(70);
  });

  it('stay short however long the course is', () => {
    const long = emptyHistory();
    for (let step = 1; step <= 20_000; step++) {
      long.step.push(step);
      long.loss.push(1);
    }
    const [x, raw, smooth] = curveData(long, [], 'loss', 1000);
    expect(x.length).toBeLessThan(600);
    expect([...raw!, ...smooth!].every((value) => value === null || Math.abs(value! - 1) < 1e-9)).toBe(true);
  });

  it('become CSV and SVG', () => {
    const series = [{ label: 'a, b', colour: '--x' }];
    expect(csvOf([[0, 1], [0.5, null]], series, 'epoch')).toBe('epoch,"a, b"\n0,0.5\n1,\n'); // prettier-ignore
    // prettier-ignore
    const svg = svgOf([[0, 1, 2], [1, 10, 100]], series, { title: '<Loss>', axis: 'epoch', measured: 'loss', log: true, lang: 'en', colour: () => '#123' });
    expect(svg).toContain('&#60;Loss&#62;');
    expect(svg).toMatch(/rotate\(-90\)[^>]*>loss</);
    expect(svg.match(/polyline points="([^"]*)"/)![1]!.split(' ')).toHaveLength(3);
    expect(ticks(0, 10)).toEqual([0, 2, 4, 6, 8, 10]);
  });
});
