// A process that bench.mjs starts: a module of this engine in Node. node-session.mjs FILE EXPERIMENT THREADS
import { pathToFileURL } from 'node:url';
import { openSession } from './session.mjs';

const [file, name, threads] = process.argv.slice(2);
const { default: create } = await import(pathToFileURL(file).href);
const { backend, flops, turn } = await openSession(create, name, Number(threads));
process.on('message', (request) => process.send({ rate: turn(request) }));
process.send({ backend, flops });
