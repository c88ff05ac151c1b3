// arrows.mjs FILE... : checks which source file needs which. An arrow is an include or an import.
//
// Nothing may go round in a circle, no file and no folder. A folder needs only folders that stand before it
// in the list below, and a house only those that it sees. Prints each arrow or circle that is wrong, and
// exits with 1 if there are any.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/**
 * The order of folders, ground floor first. A new folder has to be put in its place here. "lessons/*": all other
 * folders in lessons, none of which needs another.
 */
const houses = {
  engine: {
    sees: [],
    order: [
      "core",
      "io",
      "data",
      "look",
      "ops",
      "layers",
      "optim",
      "losses",
      "backend",
      "model",
      "drawing",
      "exchange",
      "study",
      "train",
      "distributed",
      "reference",
      "cpu",
      "cpu/kernels",
      "cpu/kernels/conv",
    ],
  },
  native: {
    sees: ["engine"],
    order: [
      "system",
      "pictures",
      "report",
      "distributed",
      "distributed/mpi",
      "data",
      "cuda/device",
      "cuda/kernels",
      "cuda/libraries",
      "cuda",
      "cuda/launches",
      "run",
      "study",
      "bench",
      "answer",
      "commands",
      ".",
    ],
  },
  "web/bindings": {
    sees: ["engine"],
    order: ["."],
  },
  "web/src": {
    sees: [],
    order: [
      "client/protocol",
      "client",
      "i18n/en",
      "i18n",
      "state",
      "ui",
      "run",
      "design",
      "files",
      "inspect",
      "stations/convolution",
      "stations/filter",
      "stations/train",
      "stations/data",
      "stations/study",
      "stations/classes",
      "publish",
      "lessons/frame",
      "lessons/*",
      "lessons",
      "app",
      "embed",
    ],
  },
};

/** CUDA's emulator stands in for its runtime when kernels are tested without a GPU. */
const outsiders = ["tests/cuda/emulator/"];

const houseOf = (file) =>
  Object.keys(houses).find((house) => file.startsWith(`${house}/`));
const roomOf = (file) => dirname(file).slice(houseOf(file).length + 1) || ".";
/** A room's place in the order; −1: it has none. */
const placeOf = (order, room) =>
  order.includes(room)
    ? order.indexOf(room)
    : order.indexOf(room.replace(/[^/]+$/, "*"));
const folderOf = (file) => dirname(file);

/** Files of ours that a C++ file includes. */
function includesOf(file, text) {
  const found = [];
  for (const [, path] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const beside = normalize(join(dirname(file), path));
    found.push(existsSync(path) ? path : beside);
  }
  return found;
}

/** Files of ours that a TypeScript file imports; types count, since they tie two files as well. */
function importsOf(file, text) {
  const found = [];
  for (const [, path] of text.matchAll(
    /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^'?]*)(?:\?[^']*)?'/g,
  ))
    found.push(normalize(join(dirname(file), path)).replace(/\.js$/, ".ts"));
  return found;
}

/** A path from each node that leads back to it, each circle once. */
function circlesOf(arrows) {
  const circles = [];
  const done = new Set();
  const path = [];
  const visit = (node) => {
    const at = path.indexOf(node);
    if (at >= 0) {
      circles.push([...path.slice(at), node]);
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    for (const next of arrows.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of arrows.keys()) visit(node);
  return circles.sort((a, b) => a.length - b.length);
}

const files = new Map();
const folders = new Map();
const wrong = [];

/** What a house may not see, or a room may not need. */
function check(from, to) {
  const [house, other] = [houseOf(from), houseOf(to)];
  if (!other) {
    if (!outsiders.some((folder) => to.startsWith(folder)))
      wrong.push(`${from} needs ${to}, which is in no house`);
  } else if (house !== other) {
    if (!houses[house].sees.includes(other))
      wrong.push(`${from} needs ${to}: ${house}/ must not see ${other}/`);
  } else {
    const { order } = houses[house];
    const [lower, upper] = [
      placeOf(order, roomOf(to)),
      placeOf(order, roomOf(from)),
    ];
    if (lower > upper || (lower === upper && roomOf(to) !== roomOf(from)))
      wrong.push(`${from} needs ${to}: upward`);
  }
}

for (const file of process.argv.slice(2)) {
  if (!houseOf(file)) continue;
  if (placeOf(houses[houseOf(file)].order, roomOf(file)) < 0)
    wrong.push(`${file}: ${folderOf(file)}/ has no place in the order`);
  const text = readFileSync(file, "utf8");
  const needed = file.endsWith(".ts")
    ? importsOf(file, text)
    : includesOf(file, text);
  files.set(file, new Set(needed));
  for (const to of needed) {
    if (to === file) continue;
    check(file, to);
    const [from, target] = [folderOf(file), folderOf(to)];
    if (from !== target)
      folders.set(from, (folders.get(from) ?? new Set()).add(target));
  }
}
// One wrong arrow closes many circles of folders: the first names it.
for (const circle of [...circlesOf(folders).slice(0, 1), ...circlesOf(files)])
  wrong.push(`a circle: ${circle.join(" → ")}`);

if (wrong.length > 0) {
  console.log(wrong.join("\n"));
  process.exitCode = 1;
}
