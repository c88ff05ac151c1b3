/** What of an optimizer decides how far the next step goes; the field names are an experiment's. */
export interface OptimizerNumbers {
  type: string;
  lr?: number;
  momentum?: number;
  nesterov?: boolean;
  weight_decay?: number;
  beta1?: number;
  beta2?: number;
  alpha?: number;
  eps?: number;
  clip_norm?: number;
  clip_value?: number;
  groups?: { match: string; lr_scale?: number; weight_decay?: number; trainable?: boolean }[];
}

export interface Moment {
  name: string;
  weight: Float32Array;
  gradient: Float32Array;
  /** The optimizer's memory by its last name ("velocity", "exp_avg"); missing before the first step. */
  memory: Record<string, Float32Array | undefined>;
  /** Learning rate of the next step, and steps done before it. */
  rate: number;
  step: number;
  /** Norm of all gradients together, for clipping. */
  totalNorm: number;
}

/** "*" stands for any text. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}

/**
 * How far the optimizer's next step would move a parameter with this gradient: ‖w′ − w‖, by the formulas of the
 * engine's optimizers (as PyTorch has them). null: an optimizer that is not known here.
 */
export function updateNorm(optimizer: OptimizerNumbers, moment: Moment): number | null {
  const { weight, memory, name } = moment;
  const group = optimizer.groups?.find((item) => matches(item.match, name));
  if (group?.trainable === false) return 0;
  const rate = moment.rate * (group?.lr_scale ?? 1);
  const own = group?.weight_decay ?? -1;
  const decay = own >= 0 ? own : (optimizer.weight_decay ?? 0);
  const clip = optimizer.clip_norm ? Math.min(1, optimizer.clip_norm / Math.max(moment.totalNorm, 1e-12)) : 1;
  const limit = optimizer.clip_value || Infinity;
  const decoupled = optimizer.type === 'adamw';
  const gradient = (i: number): number =>
    Math.max(-limit, Math.min(limit, moment.gradient[i]! * clip)) + (decoupled ? 0 : decay * weight[i]!);
  const momentum = optimizer.momentum ?? 0;
  const eps = optimizer.eps ?? 1e-8;
  const velocity = memory['velocity'];
  let move: (i: number) => number;
  switch (optimizer.type) {
    case 'sgd':
      move = (i) => {
        const g = gradient(i);
        const v = momentum * (velocity?.[i] ?? 0) + g;
        return optimizer.nesterov ? g + momentum * v : v;
      };
      break;
    case 'adam':
    case 'adamw': {
      const [b1, b2] = [optimizer.beta1 ?? 0.9, optimizer.beta2 ?? 0.999];
      const [mean, square] = [memory['exp_avg'], memory['exp_avg_sq']];
      const [c1, c2] = [1 - b1 ** (moment.step + 1), 1 - b2 ** (moment.step + 1)];
      move = (i) => {
        const g = gradient(i);
        const m = b1 * (mean?.[i] ?? 0) + (1 - b1) * g;
        const v = b2 * (square?.[i] ?? 0) + (1 - b2) * g * g;
        return m / c1 / (Math.sqrt(v / c2) + eps) + (decoupled ? decay * weight[i]! : 0);
      };
      break;
    }
    case 'rmsprop': {
      const alpha = optimizer.alpha ?? 0.99;
      const square = memory['square_avg'];
      move = (i) => {
        const g = gradient(i);
        const u = g / (Math.sqrt(alpha * (square?.[i] ?? 0) + (1 - alpha) * g * g) + eps);
        return momentum * (velocity?.[i] ?? 0) + u;
      };
      break;
    }
    default:
      return null;
  }
  let sum = 0;
  for (let i = 0; i < weight.length; i++) sum += move(i) ** 2;
  return rate * Math.sqrt(sum);
}
