/**
 * An experiment's network as an ONNX model, with random weights: what a peer in Node classifies with. Only the layers
 * of image classifiers; others are refused. Sizes are NCHW, as ONNX has them.
 */

/** One field of a protocol buffer: a number, a float, bytes, a text or a nested message. */
const varint = (value) => {
    const bytes = [];
    for (let left = BigInt.asUintN(64, BigInt(value)); ; left >>= 7n) {
        bytes.push(Number(left & 127n) | (left > 127n ? 128 : 0));
        if (left <= 127n) return Buffer.from(bytes);
    }
};
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const float = (field, value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return Buffer.concat([varint((field << 3) | 5), bytes]);
};
const bytes = (field, content) => Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
const text = (field, content) => bytes(field, Buffer.from(content));
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

const FLOAT = 1;

const tensor = (name, shape, values) =>
    Buffer.concat([
        ...shape.map((extent) => number(1, extent)),
        number(2, FLOAT),
        text(8, name),
        bytes(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
    ]);
const value = (name, shape) =>
    Buffer.concat([
        text(1, name),
        message(2, message(1, number(1, FLOAT), message(2, ...shape.map((extent) => message(1, number(1, extent)))))),
    ]);

/** An attribute: a whole number, {float}, or a list of whole numbers. */
const attribute = (name, content) => {
    if (Array.isArray(content))
        return message(5, text(1, name), ...content.map((one) => number(8, one)), number(20, 7));
    if (typeof content === 'object') return message(5, text(1, name), float(2, content.float), number(20, 1));
    return message(5, text(1, name), number(3, content), number(20, 2));
};

export const pair = (given) => (Array.isArray(given) ? given : [given, given]);

/** [top, left, bottom, right] of what an experiment calls padding. */
const paddings = (padding, size, kernel, stride) => {
    if (padding === 'valid') return [0, 0, 0, 0];
    if (typeof padding === 'string') {
        const total = [0, 1].map((axis) =>
            padding === 'same'
                ? kernel[axis] - 1
                : Math.max(0, (Math.ceil(size[axis] / stride[axis]) - 1) * stride[axis] + kernel[axis] - size[axis]),
        );
        const before = total.map((all) => Math.floor(all / 2));
        return [...before, total[0] - before[0], total[1] - before[1]];
    }
    const amounts = [padding].flat();
    return Array.from({ length: 4 }, (_, side) => amounts[side % amounts.length]);
};

/** Numbers that keep the activations of a deep network near 1, from a generator of our own: the same in every run. */
export const weights = (count, scale) => {
    const values = new Float32Array(count);
    let state = 1;
    for (let i = 0; i < count; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        values[i] = (state / 2 ** 31 - 1) * scale;
    }
    return values;
};

/**
 * `experiment`: its JSON. `image`: channels, height, width. Returns the model's bytes, the name of its output and the
 * number of learned numbers.
 */
export function onnxNetwork(experiment, image, batch) {
    const nodes = [],
        initializers = [],
        known = new Map([['input', image]]),
        counts = {};
    let last = 'input',
        parameters = 0;
    const emit = (type, inputs, output, attributes = {}) =>
        nodes.push(
            message(
                1,
                ...inputs.map((name) => text(1, name)),
                text(2, output),
                text(3, output),
                text(4, type),
                ...Object.entries(attributes).map(([name, content]) => attribute(name, content)),
            ),
        );
    const constant = (name, shape, values, learned = true) => {
        initializers.push(bytes(5, tensor(name, shape, values)));
        if (learned) parameters += values.length;
        return name;
    };

    for (const given of experiment.model.layers) {
        const spec = typeof given === 'string' ? { type: given } : given,
            type = spec.type;
        counts[type] = (counts[type] ?? 0) + 1;
        const name = spec.name || `${type}_${String(counts[type])}`,
            sources = spec.from?.length ? [spec.from].flat() : [last],
            [channels, height = 1, width = 1] = known.get(sources[0]);
        let shape = known.get(sources[0]);
        if (type === 'conv2d') {
            const kernel = pair(spec.kernel ?? 3),
                stride = pair(spec.stride ?? 1),
                groups = (spec.groups ?? 1) || channels,
                filters = spec.out_channels || channels,
                amounts = paddings(spec.padding ?? 0, [height, width], kernel, stride),
                fan = (channels / groups) * kernel[0] * kernel[1];
            if (pair(spec.dilation ?? 1).some((extent) => extent !== 1)) throw new Error(`${name}: dilation`);
            const inputs = [
                sources[0],
                constant(
                    `${name}.weight`,
                    [filters, channels / groups, ...kernel],
                    weights(filters * fan, Math.sqrt(6 / fan)),
                ),
            ];
            if (spec.bias ?? true) inputs.push(constant(`${name}.bias`, [filters], weights(filters, 0.1)));
            emit('Conv', inputs, name, { kernel_shape: kernel, strides: stride, pads: amounts, group: groups });
            shape = [
                filters,
                ...[height, width].map(
                    (n, axis) => Math.floor((n + amounts[axis] + amounts[axis + 2] - kernel[axis]) / stride[axis]) + 1,
                ),
            ];
        } else if (type === 'batch_norm') {
            const row = (suffix, start, learned) =>
                constant(`${name}.${suffix}`, [channels], new Float32Array(channels).fill(start), learned);
            emit(
                'BatchNormalization',
                [
                    sources[0],
                    row('weight', 1, true),
                    row('bias', 0, true),
                    row('mean', 0, false),
                    row('variance', 1, false),
                ],
                name,
                {
                    epsilon: { float: spec.eps ?? 1e-5 },
                },
            );
        } else if (type === 'relu') {
            emit('Relu', sources, name);
        } else if (type === 'relu6') {
            const bound = (limit) => constant(`${name}.${String(limit)}`, [], Float32Array.of(limit), false);
            emit('Clip', [sources[0], bound(0), bound(6)], name);
        } else if (type === 'add' && sources.length === 2) {
            emit('Add', sources, name);
        } else if (type === 'max_pool2d') {
            const kernel = pair(spec.kernel ?? 2),
                stride = pair(spec.stride || kernel),
                amounts = paddings(spec.padding ?? 0, [height, width], kernel, stride);
            emit('MaxPool', sources, name, { kernel_shape: kernel, strides: stride, pads: amounts });
            shape = [
                channels,
                ...[height, width].map(
                    (n, axis) => Math.floor((n + amounts[axis] + amounts[axis + 2] - kernel[axis]) / stride[axis]) + 1,
                ),
            ];
        } else if (type === 'global_avg_pool') {
            emit('GlobalAveragePool', sources, `${name}.map`);
            emit('Flatten', [`${name}.map`], name, { axis: 1 });
            shape = [channels];
        } else if (type === 'flatten' || type === 'dropout') {
            emit(type === 'flatten' ? 'Flatten' : 'Identity', sources, name);
            if (type === 'flatten') shape = [channels * height * width];
        } else if (type === 'dense') {
            const inputs = channels * height * width,
                outputs = spec.out_features;
            if (height * width > 1) throw new Error(`${name}: a dense layer behind a map`);
            const operands = [
                sources[0],
                constant(`${name}.weight`, [outputs, inputs], weights(outputs * inputs, Math.sqrt(3 / inputs))),
            ];
            if (spec.bias ?? true) operands.push(constant(`${name}.bias`, [outputs], weights(outputs, 0.1)));
            emit('Gemm', operands, name, { transB: 1 });
            shape = [outputs];
        } else {
            throw new Error(`${name}: the peer has no ${type} of ${String(sources.length)}`);
        }
        known.set(name, shape);
        last = name;
    }
    const graph = Buffer.concat([
        ...nodes,
        text(2, experiment.name),
        ...initializers,
        bytes(11, value('input', [batch, ...image])),
        bytes(12, value(last, [batch, ...known.get(last)])),
    ]);
    const model = Buffer.concat([number(1, 8), text(2, 'cnnlab'), bytes(7, graph), message(8, number(2, 17))]);
    return { model, output: last, parameters };
}
