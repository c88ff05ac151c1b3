/**
 * The same network as onnx_network.mjs gives, with the same weights, as a TensorFlow Lite model: what LiteRT in a
 * browser classifies with. Only layers of MobileNetV2 whose batch norm is folded; others are refused. Sizes are NHWC.
 * Numbers of fields and codes are those of TensorFlow Lite's public schema, version 3.
 */
import { pair, weights } from "./onnx_network.mjs";

const FLOAT = 0,
  INT = 2;
/** Operators: the code, the number of its options in their union. */
const CONV = [3, 1],
  DEPTHWISE = [4, 2],
  ADD = [0, 11],
  MEAN = [40, 27],
  DENSE = [9, 8];
const SAME = 0,
  VALID = 1,
  RELU6 = 3;

/** OIHW to OHWI; a depthwise kernel [C, 1, H, W] to [1, H, W, C]. */
function channelsLast(values, [outputs, inputs, height, width], depthwise) {
  const turned = new Float32Array(values.length),
    area = height * width;
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let tap = 0; tap < area; tap++) {
        const to = depthwise
          ? tap * outputs + output
          : (output * area + tap) * inputs + input;
        turned[to] = values[(output * inputs + input) * area + tap];
      }
  return turned;
}

/**
 * `flatbuffers`: the package of that name. `experiment`: its JSON. `image`: channels, height, width. Returns the
 * model's bytes.
 */
export function tfliteNetwork(
  flatbuffers,
  experiment,
  [channels, height, width],
) {
  const builder = new flatbuffers.Builder(1 << 24),
    buffers = [],
    tensors = [],
    operators = [],
    codes = [];

  /** A table: setters by the number of their field. */
  const table = (fields, ...setters) => {
    builder.startObject(fields);
    for (const set of setters) set();
    return builder.endObject();
  };
  const byte = (field, value) => () => builder.addFieldInt8(field, value, 0);
  const int = (field, value) => () => builder.addFieldInt32(field, value, 0);
  const offset = (field, value) => () =>
    builder.addFieldOffset(field, value, 0);
  const ints = (values) => {
    builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) builder.addInt32(value);
    return builder.endVector();
  };
  const offsets = (values) => {
    builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) builder.addOffset(value);
    return builder.endVector();
  };
  const buffer = (values) => {
    if (!values) return buffers.push(table(1)) - 1;
    // The runtime reads numbers where they lie.
    const bytes = new Uint8Array(
      values.buffer,
      values.byteOffset,
      values.byteLength,
    );
    builder.startVector(1, bytes.length, 16);
    builder.space -= bytes.length;
    builder.bb.bytes().set(bytes, builder.space);
    return buffers.push(table(1, offset(0, builder.endVector()))) - 1;
  };
  const tensor = (name, shape, values = null, type = FLOAT) => {
    const label = builder.createString(name),
      extents = ints(shape),
      place = values ? buffer(values) : 0;
    return (
      tensors.push(
        table(
          8,
          offset(0, extents),
          byte(1, type),
          int(2, place),
          offset(3, label),
        ),
      ) - 1
    );
  };
  const operator = ([code, union], inputs, output, fields, ...options) => {
    if (!codes.includes(code)) codes.push(code);
    const choices = table(fields, ...options),
      from = ints(inputs),
      to = ints([output]);
    operators.push(
      table(
        9,
        int(0, codes.indexOf(code)),
        offset(1, from),
        offset(2, to),
        byte(3, union),
        offset(4, choices),
      ),
    );
  };

  buffer(null);
  const known = new Map([
    [
      "input",
      {
        shape: [height, width, channels],
        index: tensor("input", [1, height, width, channels]),
      },
    ],
  ]);
  const layers = experiment.model.layers.map((given) =>
    typeof given === "string" ? { type: given } : given,
  );
  let last = "input";
  for (const [at, spec] of layers.entries()) {
    const { type, name } = spec;
    const sources = (spec.from?.length ? [spec.from].flat() : [last]).map(
      (source) => known.get(source),
    );
    const [rows, columns, depth] = sources[0].shape;
    // Behind a convolution it is part of it.
    if (type === "relu6" && sources[0].clipped) {
      known.set(name, sources[0]);
      last = name;
      continue;
    }
    const clipped =
      layers[at + 1]?.type === "relu6" && !layers[at + 1].from?.length;
    let shape, index;
    if (type === "conv2d") {
      const kernel = pair(spec.kernel),
        stride = pair(spec.stride ?? 1),
        grouped = spec.groups === 0,
        filters = spec.out_channels || depth,
        inputs = grouped ? 1 : depth,
        fan = inputs * kernel[0] * kernel[1],
        same = spec.padding === "same_upper";
      if ((!same && fan !== inputs) || (spec.groups ?? 1) > 1)
        throw new Error(`${name}: not a layer of MobileNetV2`);
      const values = weights(filters * fan, Math.sqrt(6 / fan));
      shape = [
        Math.ceil(rows / stride[0]),
        Math.ceil(columns / stride[1]),
        filters,
      ];
      const weight = tensor(
        `${name}.weight`,
        grouped ? [1, ...kernel, filters] : [filters, ...kernel, inputs],
        channelsLast(values, [filters, inputs, ...kernel], grouped),
      );
      const bias = tensor(`${name}.bias`, [filters], weights(filters, 0.1));
      index = tensor(name, [1, ...shape]);
      const [first, second, activation, unit] = grouped
        ? [1, 2, 4, 3]
        : [1, 2, 3, null];
      operator(
        grouped ? DEPTHWISE : CONV,
        [sources[0].index, weight, bias],
        index,
        7,
        byte(0, same ? SAME : VALID),
        int(first, stride[1]),
        int(second, stride[0]),
        byte(activation, clipped ? RELU6 : 0),
        // Dilations are 1 where nothing is written.
        ...(unit ? [int(unit, 1)] : []),
      );
    } else if (type === "add" && sources.length === 2) {
      shape = sources[0].shape;
      index = tensor(name, [1, ...shape]);
      operator(
        ADD,
        sources.map((source) => source.index),
        index,
        2,
      );
    } else if (type === "global_avg_pool") {
      shape = [depth];
      const axes = tensor(`${name}.axes`, [2], Int32Array.of(1, 2), INT);
      index = tensor(name, [1, depth]);
      operator(MEAN, [sources[0].index, axes], index, 1);
    } else if (type === "dense") {
      const inputs = sources[0].shape[0],
        outputs = spec.out_features;
      shape = [outputs];
      const weight = tensor(
        `${name}.weight`,
        [outputs, inputs],
        weights(outputs * inputs, Math.sqrt(3 / inputs)),
      );
      const bias = tensor(`${name}.bias`, [outputs], weights(outputs, 0.1));
      index = tensor(name, [1, outputs]);
      operator(DENSE, [sources[0].index, weight, bias], index, 4);
    } else {
      throw new Error(
        `${name}: the peer has no ${type} of ${String(sources.length)}`,
      );
    }
    known.set(name, { shape, index, clipped: type === "conv2d" && clipped });
    last = name;
  }

  const inputs = ints([known.get("input").index]),
    outputs = ints([known.get(last).index]),
    allTensors = offsets(tensors),
    allOperators = offsets(operators);
  const graph = table(
    5,
    offset(0, allTensors),
    offset(1, inputs),
    offset(2, outputs),
    offset(3, allOperators),
  );
  const allCodes = offsets(
    codes.map((code) => table(4, byte(0, code), int(2, 1), int(3, code))),
  );
  const graphs = offsets([graph]),
    allBuffers = offsets(buffers);
  const model = table(
    8,
    int(0, 3),
    offset(1, allCodes),
    offset(2, graphs),
    offset(4, allBuffers),
  );
  builder.finish(model, "TFL3");
  return builder.asUint8Array().slice();
}
