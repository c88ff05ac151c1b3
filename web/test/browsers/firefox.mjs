// Firefox by WebDriver BiDi, which it speaks itself. FIREFOX names the program.
import puppeteer from 'puppeteer-core';

export async function open({ downloads, width, height }) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    timeout: 120_000,
    protocolTimeout: 120_000,
    defaultViewport: { width, height },
    extraPrefsFirefox: {
      'browser.download.folderList': 2,
      'browser.download.dir': downloads,
      'browser.download.useDownloadDir': true,
      'browser.download.always_ask_before_handling_new_types': false,
      'datareporting.policy.dataSubmissionEnabled': false,
    },
  });
  const page = await browser.newPage();
  page.setDefaultNavigationTimeout(120_000);
  const code = (body) => new Function('list', `return (function () { ${body} }).apply(null, list)`);
  return {
    version: await browser.version(),
    goto: (url) => page.goto(url),
    run: (body, list) => page.evaluate(code(body), list),
    element: async (body, list) => (await page.evaluateHandle(code(body), list)).asElement(),
    click: (element) => element.click(),
    press: (key) => page.keyboard.press(key),
    give: (element, paths) => element.uploadFile(...paths),
    resize: (size) => page.setViewport(size),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  };
}
