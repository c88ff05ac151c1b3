// Chromium, by playwright-core. CHROMIUM names the program.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export async function open({ downloads, width, height }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('download', (file) => void file.saveAs(join(downloads, file.suggestedFilename())));
  const code = (body) => new Function('list', `return (function () { ${body} }).apply(null, list)`);
  return {
    version: browser.version(),
    goto: (url) => page.goto(url),
    run: (body, list) => page.evaluate(code(body), list),
    element: async (body, list) => (await page.evaluateHandle(code(body), list)).asElement(),
    click: (element) => element.click(),
    press: (key) => page.keyboard.press(key),
    give: async (element, paths) =>
      element.setInputFiles(
        await Promise.all(paths.map(async (path) => ({ name: path.replace(/.*\//, ''), mimeType: '', buffer: await readFile(path) }))),
      ),
    resize: (size) => page.setViewportSize(size),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  };
}
