/**
 * ONNX Runtime (npm's onnxruntime-node) behind Node's own HTTP server, as the peer of `cnnlab answer`: serving.mjs.
 *
 *     node onnxruntime_server.mjs --packages FOLDER --network FILE.onnx --threads 2
 *
 * Takes the same requests, POST of {"inputs": [{"shape": [1, H, W, C], "data": […]}]} to any path, for a network that
 * `cnnlab export --pixels --probabilities` has written. Prints its port.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: given } = parseArgs({
    options: Object.fromEntries(['packages', 'network', 'threads'].map((name) => [name, { type: 'string' }])),
});
const require = createRequire(path.join(given.packages, 'node_modules', '.'));
const ort = require('onnxruntime-node');

const session = await ort.InferenceSession.create(given.network, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(given.threads),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
});

/** [images, H, W, C] as [images, C, H, W]. */
function channelsFirst(data, [images, height, width, channels]) {
    const out = new Float32Array(data.length);
    const size = height * width;
    for (let n = 0; n < images; ++n)
        for (let p = 0; p < size; ++p)
            for (let c = 0; c < channels; ++c) out[(n * channels + c) * size + p] = data[(n * size + p) * channels + c];
    return new ort.Tensor('float32', out, [images, channels, height, width]);
}

async function answer(request) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const [{ shape, data }] = JSON.parse(Buffer.concat(pieces)).inputs;
    const { probabilities } = await session.run({ input: channelsFirst(data, shape) });
    const outputs = [{ name: 'probabilities', shape: probabilities.dims, datatype: 'FP32', data: [...probabilities.data] }];
    return JSON.stringify({ model_name: 'peer', outputs });
}

const server = createServer(async (request, response) => {
    try {
        const body = await answer(request);
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
    } catch (error) {
        response.writeHead(400).end(String(error));
    }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => process.exit(0));
