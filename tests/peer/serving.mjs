/**
 * Throughput and latency of `cnnlab answer` under wrk on loopback, beside ONNX Runtime in a Node server (the same
 * network, the same requests: one image as JSON numbers). The two take turns; ratios above 1 are in favour of cnnlab.
 *
 *     node tests/peer/serving.mjs RUN [--program FILE] [--packages FOLDER] [--threads N] [--seconds 5] [--rounds 3]
 *
 * Needs wrk (Debian: wrk) and `./lab setup peers`, or another folder with onnxruntime-node.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const here = import.meta.dirname;
const root = path.join(here, '../..');
const { values: given, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        program: { type: 'string', default: path.join(root, 'build/release/cnnlab') },
        packages: { type: 'string', default: path.join(root, '.toolchain/peers/node') },
        threads: { type: 'string', default: String(os.availableParallelism()) },
        seconds: { type: 'string', default: '5' },
        rounds: { type: 'string', default: '3' },
    },
});
const [run] = positionals;
const folder = mkdtempSync(path.join(os.tmpdir(), 'cnnlab-serving-'));
const children = [];

/** Starts a server and waits for the line that names its port. */
async function start(command, args, stream, pattern) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    for await (const line of createInterface({ input: child[stream] })) {
        const found = pattern.exec(line);
        if (found) return Number(found[1]);
    }
    throw new Error(`${command} ${args.join(' ')} has not begun`);
}

/** wrk's figures: requests a second, and milliseconds by percentile. */
function measure(url, script, connections) {
    const args = ['-t', '1', '-c', String(connections), '-d', `${given.seconds}s`, '--latency', '-s', script, url];
    const text = execFileSync('wrk', args, { encoding: 'utf8' });
    const errors = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(text);
    if (errors) throw new Error(`${url}: ${errors[0]}`);
    const units = { us: 0.001, ms: 1, s: 1000 };
    const percentile = (which) => {
        const [, value, unit] = new RegExp(`\\s${which}%\\s+([0-9.]+)(us|ms|s)`).exec(text);
        return value * units[unit];
    };
    return { rate: Number(/Requests\/sec:\s+([0-9.]+)/.exec(text)[1]), p50: percentile(50), p99: percentile(99) };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

try {
    const network = path.join(folder, 'net.onnx');
    execFileSync(given.program, ['export', run, '--out', network, '--pixels', '--probabilities'], { stdio: 'ignore' });
    const common = ['--threads', given.threads];
    const ports = {
        cnnlab: await start(given.program, ['answer', run, '--name', 'peer', '--port', '0', ...common], 'stderr', /http:\S+:(\d+) answers/),
        'ONNX Runtime': await start(
            process.execPath,
            [path.join(here, 'onnxruntime_server.mjs'), '--packages', given.packages, '--network', network, ...common],
            'stdout',
            /^(\d+)$/,
        ),
    };
    const facts = await (await fetch(`http://127.0.0.1:${ports.cnnlab}/v2/models/peer`)).json();
    const shape = [1, ...facts.inputs[0].shape.slice(1)];
    const data = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * 7919) % 256);
    const body = JSON.stringify({ inputs: [{ name: 'image', shape, datatype: 'UINT8', data }] });
    const script = path.join(folder, 'post.lua');
    writeFileSync(script, `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[${body}]]\n`);

    // The two have to agree before their speed means anything.
    const answers = {};
    for (const [name, port] of Object.entries(ports)) {
        const response = await fetch(`http://127.0.0.1:${port}/v2/models/peer/infer`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
        answers[name] = (await response.json()).outputs[0].data;
    }
    const difference = Math.max(...answers.cnnlab.map((value, i) => Math.abs(value - answers['ONNX Runtime'][i])));
    if (!(difference < 1e-4)) throw new Error(`the answers differ by ${difference}`);

    console.log(`${run}, images of ${shape.slice(1).join('×')}, ${given.threads} threads, ${os.cpus()[0].model}`);
    for (const connections of [1, 8, 32]) {
        const results = { cnnlab: [], 'ONNX Runtime': [] };
        for (let round = 0; round < Number(given.rounds); ++round)
            for (const [name, port] of Object.entries(ports))
                results[name].push(measure(`http://127.0.0.1:${port}/v2/models/peer/infer`, script, connections));
        const of = (name, figure) => median(results[name].map((result) => result[figure]));
        for (const name of Object.keys(ports))
            console.log(
                `${String(connections).padStart(3)} connections, ${name.padEnd(12)}: ` +
                    `${of(name, 'rate').toFixed(0)} requests a second, half within ${of(name, 'p50').toFixed(2)} ms, 99 % within ${of(name, 'p99').toFixed(2)} ms`,
            );
        const ratio = (figure) => (of('ONNX Runtime', figure) / of('cnnlab', figure)).toFixed(2);
        console.log(`    ratios: throughput ${(1 / ratio('rate')).toFixed(2)}, median latency ${ratio('p50')}, 99 % latency ${ratio('p99')}`);
    }
} finally {
    for (const child of children) child.kill('SIGTERM');
    rmSync(folder, { recursive: true });
}
