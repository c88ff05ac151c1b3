import type { Evaluation } from '../client/client.js';
import { emptyHistory, type History } from '../run/history.js';

/** metrics.jsonl of a run: an event a line, as native/run/metrics_log.cpp writes it. */

const batchesAnEpoch = 200;
const largestConfusion = 100;

export interface Course {
  stepsPerEpoch: number;
  totalSteps: number;
  /** Images of a step; the last one of an epoch has the rest. */
  batch: number;
  images: number;
}

const seconds = (value: number): number => Math.round(value * 1000) / 1000;

export function metricsOf(history: History, course: Course): string {
  const { stepsPerEpoch, totalSteps, batch, images } = course;
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
    if (within % stride === 0 || within === stepsPerEpoch)
      lines.push({
        event: 'batch_end',
        step,
        epoch,
        count: within === stepsPerEpoch ? images - (stepsPerEpoch - 1) * batch : batch,
        loss: history.loss[i],
        accuracy: history.accuracy[i],
        learning_rate: history.learningRate[i],
        gradient_norm: history.gradientNorm[i],
        seconds: now,
      });
    if (within !== stepsPerEpoch) return;
    const evaluation = evaluations.get(epoch);
    if (evaluation)
      lines.push({
        event: 'eval_end',
        epoch,
        loss: evaluation.loss,
        accuracy: evaluation.accuracy,
        top5: evaluation.top5,
        count: evaluation.count,
        class_accuracy: evaluation.classAccuracy,
        ...(evaluation.confusion.length <= largestConfusion ? { confusion: evaluation.confusion } : {}),
        seconds: now,
      });
    const end = ends.get(epoch);
    if (end)
      lines.push({
        event: 'epoch_end',
        epoch,
        train_loss: end.trainLoss,
        train_accuracy: end.trainAccuracy,
        test_loss: end.testLoss,
        test_accuracy: end.testAccuracy,
        seconds: now,
      });
  });
  if ((history.step.at(-1) ?? 0) >= totalSteps)
    lines.push({ event: 'train_end', step: totalSteps, seconds: seconds(history.seconds.at(-1) ?? 0) });
  return lines.map((line) => JSON.stringify(line)).join('\n') + '\n';
}

/** What a metrics.jsonl tells, as far as it goes; a line that a crash has cut ends it. */
export function historyFrom(text: string): History {
  const history = emptyHistory();
  let stepsPerEpoch = 1;
  for (const line of text.split('\n')) {
    let event: Record<string, unknown>;
    try {
      event = JSON.parse(line) as Record<string, unknown>;
    } catch {
      break;
    }
    // JSON has no infinity: such a loss comes back as null.
    const number = (key: string): number => (typeof event[key] === 'number' ? event[key] : NaN);
    const maybe = (key: string): number | null => (typeof event[key] === 'number' ? event[key] : null);
    const epoch = number('epoch');
    if (event['event'] === 'train_begin') stepsPerEpoch = Math.max(1, number('steps_per_epoch') || 1);
    else if (event['event'] === 'batch_end') {
      history.step.push(number('step') + 1);
      history.loss.push(number('loss'));
      history.accuracy.push(number('accuracy'));
      history.learningRate.push(number('learning_rate'));
      history.gradientNorm.push(number('gradient_norm'));
      history.seconds.push(number('seconds') || 0);
    } else if (event['event'] === 'eval_end') {
      const evaluation: Evaluation = {
        loss: number('loss'),
        accuracy: number('accuracy'),
        top5: number('top5'),
        count: number('count'),
        classAccuracy: (event['class_accuracy'] as number[] | undefined) ?? [],
        confusion: (event['confusion'] as number[][] | undefined) ?? [],
      };
      history.evaluations.push({ ...evaluation, epoch, step: (epoch + 1) * stepsPerEpoch });
    } else if (event['event'] === 'epoch_end')
      history.epochs.push({
        type: 'epoch_end',
        session: 0,
        epoch,
        step: (epoch + 1) * stepsPerEpoch,
        trainLoss: number('train_loss'),
        trainAccuracy: number('train_accuracy'),
        testLoss: maybe('test_loss'),
        testAccuracy: maybe('test_accuracy'),
      });
  }
  return history;
}
