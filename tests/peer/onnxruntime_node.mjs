/**
 * How fast ONNX Runtime (npm's onnxruntime-node) classifies with an experiment's network, for `cnnlab bench`; serve.py
 * documents the protocol.
 *
 *     node onnxruntime_node.mjs --packages FOLDER --network JSON --threads 2 --serve infer:1,infer:8
 *
 * JSON is an experiment with the size of its images ("image": channels, height, width). Images are noise. The graph
 * is optimised as far as ONNX Runtime can, which folds batch norm into convolutions.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import readline from 'node:readline';
import { parseArgs } from 'node:util';

import { onnxNetwork } from './onnx_network.mjs';

const { values: given } = parseArgs({
    options: Object.fromEntries(['packages', 'network', 'threads', 'serve'].map((name) => [name, { type: 'string' }])),
});
const require = createRequire(path.join(given.packages, 'node_modules', '.'));
const ort = require('onnxruntime-node'),
    version = require('onnxruntime-node/package.json').version;

const experiment = JSON.parse(given.network),
    { image } = experiment,
    threads = Number(given.threads);

const variants = [],
    makers = [];
let parameters = 0;
for (const task of given.serve.split(',')) {
    const batch = Number(task.replace('infer:', ''));
    const network = onnxNetwork(experiment, image, batch);
    parameters = network.parameters;
    variants.push({ task: 'infer', batch, name: 'cpu' });
    makers.push(async () => {
        const session = await ort.InferenceSession.create(network.model, {
            executionProviders: ['cpu'],
            graphOptimizationLevel: 'all',
            intraOpNumThreads: threads,
            interOpNumThreads: 1,
            logSeverityLevel: 3,
            // its threads would keep the cores from those that are measured in between
            extra: { session: { force_spinning_stop: '1' } },
        });
        const pixels = Float32Array.from(
            { length: batch * image.reduce((a, b) => a * b) },
            () => 2 * Math.random() - 1,
        );
        const feeds = { input: new ort.Tensor('float32', pixels, [batch, ...image]) };
        return () => session.run(feeds);
    });
}

const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
say({ library: 'ONNX Runtime', version, threads, network: experiment.name, parameters, variants });

const ready = new Map();
for await (const line of readline.createInterface({ input: process.stdin })) {
    const { variant, seconds } = JSON.parse(line);
    if (!ready.has(variant)) {
        ready.set(variant, await makers[variant]());
        // the first calls choose kernels and reserve memory
        for (let i = 0; i < 3; i++) await ready.get(variant)();
    }
    const times = [],
        start = performance.now();
    for (let now = start; now - start < 1000 * seconds || times.length === 0;) {
        await ready.get(variant)();
        const then = now;
        now = performance.now();
        times.push((now - then) / 1000);
    }
    say({ seconds: times });
}
