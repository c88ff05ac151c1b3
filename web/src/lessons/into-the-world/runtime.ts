import { numbersOf, type OnnxFile, type OnnxNode } from './onnx-file.js';

/** [N, C, H, W] or [N, K], row by row. */
export interface Value {
  shape: readonly number[];
  data: Float32Array;
}

type Attributes = OnnxNode['attributes'];
type Operator = (inputs: readonly Value[], attributes: Attributes) => Value;

const listOf = (attributes: Attributes, name: string, otherwise: readonly number[]): readonly number[] => {
  const value = attributes[name];
  return Array.isArray(value) && value.length > 0 ? value : otherwise;
};

const zeros = (shape: readonly number[]): Value => ({ shape, data: new Float32Array(shape.reduce((all, one) => all * one, 1)) });

/** Places of an output, one after the other, that look at a place inside the input: from, and before. */
function inside(places: number, length: number, stride: number, offset: number): [from: number, before: number] {
  return [Math.max(0, Math.ceil(-offset / stride)), Math.min(places, Math.floor((length - 1 - offset) / stride) + 1)];
}

/** What a window slides over, and over how many places. */
function windowOf([, , height, width]: readonly number[], kernel: readonly number[], attributes: Attributes) {
  const [top, left, bottom, right] = listOf(attributes, 'pads', [0, 0, 0, 0]) as [number, number, number, number];
  const [down, across] = listOf(attributes, 'strides', [1, 1]) as [number, number];
  const rows = Math.floor((height! + top + bottom - kernel[0]!) / down) + 1;
  const columns = Math.floor((width! + left + right - kernel[1]!) / across) + 1;
  return { top, left, down, across, rows, columns };
}

/** y[k] = Σ x[c] shifted · w[k, c, i, j] + b[k]; zeros beyond the edge. */
const conv: Operator = ([x, w, b], attributes) => {
  const [count, channels, height, width] = x!.shape as [number, number, number, number];
  const [filters, depth, kernelRows, kernelColumns] = w!.shape as [number, number, number, number];
  if (depth !== channels || listOf(attributes, 'dilations', [1, 1]).some((one) => one !== 1))
    throw new RangeError('a convolution in groups');
  const { top, left, down, across, rows, columns } = windowOf(x!.shape, [kernelRows, kernelColumns], attributes);
  const y = zeros([count, filters, rows, columns]);
  const [from, weights, to] = [x!.data, w!.data, y.data];
  for (let n = 0; n < count; n++)
    for (let k = 0; k < filters; k++) {
      const out = (n * filters + k) * rows * columns;
      if (b) to.fill(b.data[k]!, out, out + rows * columns);
      for (let i = 0; i < kernelRows; i++) {
        const [firstRow, endRow] = inside(rows, height, down, i - top);
        for (let j = 0; j < kernelColumns; j++) {
          const [first, end] = inside(columns, width, across, j - left);
          for (let c = 0; c < channels; c++) {
            const weight = weights[((k * channels + c) * kernelRows + i) * kernelColumns + j]!;
            for (let row = firstRow; row < endRow; row++) {
              const source = ((n * channels + c) * height + row * down + i - top) * width + j - left;
              const target = out + row * columns;
              for (let column = first; column < end; column++) to[target + column]! += weight * from[source + column * across]!;
            }
          }
        }
      }
    }
  return y;
};

const relu: Operator = ([x]) => {
  const y = zeros(x!.shape);
  for (let at = 0; at < y.data.length; at++) y.data[at] = Math.max(0, x!.data[at]!);
  return y;
};

const maxPool: Operator = ([x], attributes) => {
  const [count, channels, height, width] = x!.shape as [number, number, number, number];
  const kernel = listOf(attributes, 'kernel_shape', [1, 1]) as [number, number];
  const { top, left, down, across, rows, columns } = windowOf(x!.shape, kernel, attributes);
  const y = zeros([count, channels, rows, columns]);
  y.data.fill(-Infinity);
  for (let map = 0; map < count * channels; map++)
    for (let i = 0; i < kernel[0]; i++)
      for (let j = 0; j < kernel[1]; j++) {
        const [firstRow, endRow] = inside(rows, height, down, i - top);
        const [first, end] = inside(columns, width, across, j - left);
        for (let row = firstRow; row < endRow; row++)
          for (let column = first; column < end; column++) {
            const value = x!.data[(map * height + row * down + i - top) * width + column * across + j - left]!;
            const at = (map * rows + row) * columns + column;
            if (value > y.data[at]!) y.data[at] = value;
          }
      }
  return y;
};

/** (x − mean) · scale / √(variance + ε) + shift, map by map. */
const batchNorm: Operator = ([x, scale, shift, mean, variance], attributes) => {
  const [count, channels, height, width] = x!.shape as [number, number, number, number];
  const y = zeros(x!.shape);
  const size = height * width;
  for (let map = 0; map < count * channels; map++) {
    const c = map % channels;
    const factor = scale!.data[c]! / Math.sqrt(variance!.data[c]! + (attributes['epsilon'] as number));
    for (let at = map * size; at < (map + 1) * size; at++) y.data[at] = (x!.data[at]! - mean!.data[c]!) * factor + shift!.data[c]!;
  }
  return y;
};

/** x · Wᵀ + b */
const gemm: Operator = ([x, w, b], attributes) => {
  if (attributes['transB'] !== 1) throw new RangeError('a product with weights that are not transposed');
  const [count, depth] = x!.shape as [number, number];
  const width = w!.shape[0]!;
  const y = zeros([count, width]);
  for (let n = 0; n < count; n++)
    for (let k = 0; k < width; k++) {
      let sum = b?.data[k] ?? 0;
      for (let i = 0; i < depth; i++) sum += x!.data[n * depth + i]! * w!.data[k * depth + i]!;
      y.data[n * width + k] = sum;
    }
  return y;
};

const operators: Readonly<Record<string, Operator>> = {
  Conv: conv,
  BatchNormalization: batchNorm,
  Relu: relu,
  MaxPool: maxPool,
  Flatten: ([x]) => ({ shape: [x!.shape[0]!, x!.data.length / x!.shape[0]!], data: x!.data }),
  Gemm: gemm,
};

/** Runs the graph of an ONNX file: another program than the engine, which shares no line with it. */
export class Runtime {
  private readonly weights: ReadonlyMap<string, Value>;

  constructor(private readonly file: OnnxFile) {
    this.weights = new Map(file.tensors.map((one) => [one.name, { shape: one.shape, data: numbersOf(one) }]));
  }

  /** Throws RangeError for an operator that it does not have. */
  run(input: Value): Value {
    const values = new Map(this.weights).set(this.file.input, input);
    for (const { op, inputs, output, attributes } of this.file.nodes) {
      const operator = operators[op];
      if (!operator) throw new RangeError(`no operator ${op}`);
      values.set(
        output,
        operator(
          inputs.map((name) => values.get(name)!),
          attributes,
        ),
      );
    }
    return values.get(this.file.output)!;
  }
}
