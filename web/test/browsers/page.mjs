// What a test does with a page, whatever browser shows it. A browser module gives these: goto, run, element, click,
// press, give, resize, screenshot, close. `run` and `element` take the body of a function and its arguments; all
// waiting is asking again until it is so.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const patience = Number(process.env.CNNLAB_WAIT ?? 120_000);

/** Runs in the page: everything that matches, in every shadow tree, and what a person can see of it. */
const inside = `
  const all = (selector, root = document) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll('*')].filter((item) => item.shadowRoot).flatMap((item) => all(selector, item.shadowRoot)),
  ];
  const seen = (selector, words = '') =>
    all(selector).filter((item) => item.checkVisibility() && (item.getAttribute('aria-label') ?? item.textContent).trim().startsWith(words));
`;
const bodyOf = (work) => `${inside} return (${work.toString()})({ all, seen }, ...arguments);`;

export class Page {
  constructor(tab, site) {
    this.tab = tab;
    this.site = site;
  }

  /** Opens a page of the site anew: a changed hash alone would be the same page still. */
  async open(path) {
    await this.tab.goto('about:blank');
    await this.tab.goto(this.site.url + path);
  }

  /** `work({ all, seen }, ...list)` in the page; values go to and fro as JSON. */
  run(work, ...list) {
    return this.tab.run(bodyOf(work), list);
  }

  /** Waits until `work` gives something true, and gives that. */
  async until(what, work, ...list) {
    const end = performance.now() + patience;
    for (;;) {
      const result = await this.run(work, ...list);
      if (result) return result;
      if (performance.now() > end) {
        const alerts = await this.run(({ seen }) => seen('[role=alert]').map((item) => item.textContent.trim()));
        const said = JSON.stringify({ complaints: await this.complaints(), alerts });
        assert.fail(`${what}: not within ${patience / 1000} s; the page says ${said}`);
      }
      await sleep(100);
    }
  }

  /** Clicks the first one that can be seen and used, whose name begins so, as soon as it stands still. */
  async click(selector, words = '') {
    const first = ({ seen }, ...wanted) => seen(...wanted).find((item) => !item.disabled);
    let before = '';
    await this.until(`${selector} "${words}"`, ({ seen }, ...wanted) => seen(...wanted).some((item) => !item.disabled), selector, words);
    const element = await this.tab.element(bodyOf(first), [selector, words]);
    for (let tries = 0; tries < 50; tries++) {
      const place = await this.run(
        ({ seen }, ...wanted) => {
          const item = seen(...wanted).find((one) => !one.disabled);
          item?.scrollIntoView({ block: 'center' });
          return item ? JSON.stringify(item.getBoundingClientRect()) : '';
        },
        selector,
        words,
      );
      if (place && place === before) break;
      before = place;
      await sleep(100);
    }
    await this.tab.click(element);
  }

  press(key) {
    return this.tab.press(key);
  }

  /** Chooses files of this machine in an <input type="file">, which may be hidden. */
  async give(selector, ...paths) {
    await this.tab.give(
      await this.tab.element(
        bodyOf(({ all }, wanted) => all(wanted)[0]),
        [selector],
      ),
      paths,
    );
  }

  text(selector) {
    return this.run(({ seen }, wanted) => seen(wanted)[0]?.textContent.trim(), selector);
  }

  complaints() {
    return this.run(() => globalThis.complaints);
  }
}
