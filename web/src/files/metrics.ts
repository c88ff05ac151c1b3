import { stepColumns, type EpochEndEvent, type EvalEndEvent } from '../client/client.js';
import { addStep, emptyHistory, type History } from '../run/history.js';

/** metrics.jsonl of a run: one event a line, as native/run/metrics_log.cpp writes it. */

const batchesAnEpoch = 200;
const largestConfusion = 100;

export interface Course {
  stepsPerEpoch: number;
  totalSteps: number;
}

const seconds = (value: number): number => Math.round(value * 1000) / 1000;

/** An event's own fields, without what the worker has added. */
function fieldsOf({ type, session: _session, step: _step, ...fields }: EvalEndEvent | EpochEndEvent): object {
  const { confusion, ...others } = { confusion: undefined, ...fields };
  return { event: type, ...others, ...(confusion && confusion.length <= largestConfusion ? { confusion } : {}) };
}

export function metricsOf(history: History, { stepsPerEpoch, totalSteps }: Course): string {
  const epochs = Math.round(totalSteps / stepsPerEpoch);
  const stride = Math.ceil(stepsPerEpoch / batchesAnEpoch);
  const lines: object[] = [{ event: 'train_begin', step: 0, total_steps: totalSteps, steps_per_epoch: stepsPerEpoch, epochs, seconds: 0 }];
  const evaluations = new Map(history.evaluations.map((evaluation) => [evaluation.epoch, evaluation]));
  const ends = new Map(history.epochs.map((epoch) => [epoch.epoch, epoch]));
  history.step.forEach((after, i) => {
    const step = after - 1;
    const epoch = Math.floor(step / stepsPerEpoch);
    const within = (step % stepsPerEpoch) + 1;
    const now = seconds(history.seconds[i] ?? 0);
    if (within === 1 || (i === 0 && lines.length === 1)) lines.push({ event: 'epoch_begin', epoch, seconds: now });
    if (within % stride === 0 || within === stepsPerEpoch) {
      const row = Object.fromEntries(stepColumns.map((name) => [name, name === 'step' ? step : history[name][i]]));
      lines.push({ event: 'batch_end', ...row, seconds: now });
    }
    if (within !== stepsPerEpoch) return;
    for (const event of [evaluations.get(epoch), ends.get(epoch)]) if (event) lines.push({ ...fieldsOf(event), seconds: now });
  });
  if ((history.step.at(-1) ?? 0) >= totalSteps)
    lines.push({ event: 'train_end', step: totalSteps, seconds: seconds(history.seconds.at(-1) ?? 0) });
  return lines.map((line) => JSON.stringify(line)).join('\n') + '\n';
}

/** Reads a metrics.jsonl up to a line that a crash has cut. */
export function historyFrom(text: string): History {
  const history = emptyHistory();
  let stepsPerEpoch = 1;
  for (const line of text.split('\n')) {
    let fields: Record<string, unknown>;
    try {
      // JSON has no infinity: such a number comes back as null. Only what was measured on test images may be missing.
      fields = JSON.parse(line, (key, value: unknown) => (value === null && !key.startsWith('test_') ? NaN : value)) as Record<
        string,
        unknown
      >;
    } catch {
      break;
    }
    const number = (key: string): number => (typeof fields[key] === 'number' ? fields[key] : NaN);
    const { event: type, ...own } = fields;
    delete own['seconds'];
    const ofSession = { ...own, type, session: 0, step: (number('epoch') + 1) * stepsPerEpoch };
    if (type === 'train_begin') stepsPerEpoch = Math.max(1, number('steps_per_epoch') || 1);
    else if (type === 'batch_end') addStep(history, number, number('seconds') || 0);
    else if (type === 'eval_end') history.evaluations.push({ class_accuracy: [], confusion: [], ...ofSession } as unknown as EvalEndEvent);
    else if (type === 'epoch_end') history.epochs.push(ofSession as unknown as EpochEndEvent);
  }
  return history;
}
