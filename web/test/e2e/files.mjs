// Files for the end-to-end tests, and the ways in which a person gives them to the page.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zlibSync } from 'fflate';
import { cardOf, foldersOf } from '../../scripts/data-folders.mjs';

/** The folder with all of these files of a data set. undefined: none on this machine. */
export const dataFolder = (name, files) =>
  foldersOf(cardOf(name), process.env.CNNLAB_DATA).find((folder) => files.every((file) => existsSync(join(folder, file))));

/** A grey PNG of one colour with a stripe. */
export function png(level, stripe, side = 24) {
  const crc = (bytes) => {
    let c = 0xffffffff;
    for (const byte of bytes) {
      c ^= byte;
      for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    }
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (type, data) => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length);
    out.write(type, 4, 'latin1');
    Buffer.from(data).copy(out, 8);
    out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const raw = Buffer.alloc(side * (side + 1), level);
  for (let y = 0; y < side; y++) {
    raw[y * (side + 1)] = 0;
    if (y === stripe) raw.fill(255, y * (side + 1) + 1, (y + 1) * (side + 1));
  }
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(raw)),
    chunk('IEND', []),
  ]);
}

/** Two classes of pictures, a folder each; the paths, and what is in them. */
export function pictures(each) {
  const files = {};
  for (const [name, level] of [
    ['bright', 180],
    ['dark', 40],
  ])
    for (let i = 0; i < each; i++) files[`${name}/${i}.png`] = png(level, i % 24);
  return files;
}

export function writePictures(folder, each) {
  for (const [path, bytes] of Object.entries(pictures(each))) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** A .npy of bytes, as NumPy writes it. */
export function npy(shape, values) {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const text = `${header}${' '.repeat(63 - ((header.length + 10) % 64))}\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  return new Uint8Array(Buffer.concat([head, Buffer.from(text), Buffer.from(values)]));
}

/** Drops made-up files on the station: [{ name, bytes }]. */
export async function drop(page, files) {
  await page.locator('lab-train').evaluate((station, list) => {
    const transfer = new globalThis.DataTransfer();
    for (const { name, bytes } of list) transfer.items.add(new globalThis.File([Uint8Array.from(bytes)], name));
    station.dispatchEvent(new globalThis.DragEvent('drop', { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true }));
  }, files);
}

/** Drops files and folders of this machine on `target`, as a mouse does: the browser makes its own entries of them. */
export async function dropFromDisk(page, target, paths) {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) await session.send('Input.dispatchDragEvent', { type, x, y, data });
  await session.detach();
}
