// Classes of one's own with a camera that is a film: the browser that has it, and what a user does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { png } from './files.mjs';
import { openLab } from './lab.mjs';

/** A film of a bright disc that goes round before a dark ground with some noise, as a camera has it. */
function film(path) {
  const [width, height, frames] = [320, 240, 24];
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F12:1 Ip A1:1 C420jpeg\n`)];
  let noise = 7;
  for (let n = 0; n < frames; n++) {
    const [x, y] = [160 + 50 * Math.cos((2 * Math.PI * n) / frames), 120 + 40 * Math.sin((2 * Math.PI * n) / frames)];
    const luma = Buffer.alloc(width * height);
    for (let i = 0; i < luma.length; i++) {
      noise = (noise * 1103515245 + 12345) & 0x7fffffff;
      luma[i] = (Math.hypot((i % width) - x, Math.floor(i / width) - y) < 50 ? 210 : 50) + ((noise >> 16) % 16);
    }
    parts.push(Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128));
  }
  writeFileSync(path, Buffer.concat(parts));
}

/** Pictures with a bright stripe, in a folder of `folder`. */
export function stripes(folder, name, count) {
  mkdirSync(join(folder, name), { recursive: true });
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, name, `${i}.png`);
    writeFileSync(path, png(90 + i, 2 + i, 48));
    return path;
  });
}

/** As openLab, with the film as camera, and a folder that goes when the browser is closed. */
export async function openLabWithCamera() {
  const folder = mkdtempSync(join(tmpdir(), 'cnnlab-classes-'));
  const path = join(folder, 'camera.y4m');
  film(path);
  const args = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${path}`];
  const lab = await openLab({ args });
  const close = async () => {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...lab, folder, close };
}

export const state = (page, ...names) =>
  page.locator(names.map((name) => `[data-testid=classes][data-state=${name}]`).join(', ')).waitFor();
export const card = (page, n) => page.locator('lab-class-card').nth(n);
export const counts = (page) => page.locator('lab-class-card [data-testid=count]').allTextContents();

/** Opens the station with the camera on. */
export async function withCamera(lab, link) {
  const page = await lab.page(`#classes?lang=en${link}`);
  await page.getByRole('button', { name: 'Turn on the camera' }).click();
  await page.locator('[data-testid=view][data-camera=on]').waitFor();
  return page;
}

/** Holds a class's button for so long. */
export async function hold(page, n, milliseconds) {
  const button = card(page, n).locator('.record');
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(milliseconds);
  await page.mouse.up();
}

/** Two classes, a disc by camera and a stripe by files that lie in `folder`. */
export async function twoClasses(page, folder) {
  await card(page, 0).getByRole('textbox').fill('disc');
  await card(page, 0).getByRole('textbox').press('Tab');
  await hold(page, 0, 2500);
  await card(page, 1).getByRole('textbox').fill('stripe');
  await card(page, 1).getByRole('textbox').press('Tab');
  await card(page, 1)
    .locator('#files')
    .setInputFiles(stripes(folder, 'stripes', 15));
  await page.getByText('15 pictures').waitFor();
}
