// How tests answer a lesson by keyboard alone. A `page` is a page, or a frame of one with its `keyboard`.
import assert from 'node:assert/strict';

/** Whether the focus is on an element, through shadow roots. */
export const focused = (page, selector) =>
  page.evaluate((wanted) => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at?.matches(wanted) ?? false;
  }, selector);

/** Goes to an element by Tab alone. `way`: 'Tab', or 'Shift+Tab' for what stands before. */
export async function tabTo(page, selector, way = 'Tab') {
  for (let presses = 0; presses < 60; presses++) {
    if (await focused(page, selector)) return;
    await page.keyboard.press(way);
  }
  assert.fail(`${way} never comes to ${selector}`);
}

/** From one cell of a grid to another, by arrows. */
async function walk(page, columns, from, to) {
  const [down, right] = [Math.floor(to / columns) - Math.floor(from / columns), (to % columns) - (from % columns)];
  for (let i = 0; i < Math.abs(down); i++) await page.keyboard.press(down < 0 ? 'ArrowUp' : 'ArrowDown');
  for (let i = 0; i < Math.abs(right); i++) await page.keyboard.press(right < 0 ? 'ArrowLeft' : 'ArrowRight');
}

/** A number or an option as the answer of the form that stands last; sent by Enter. */
export async function answer(page, field, value) {
  await tabTo(page, field);
  if (typeof value === 'number') {
    await page.keyboard.press('Control+a');
    await page.keyboard.type(String(value));
  } else {
    for (let i = 0; i < 6 && !(await focused(page, `[value="${value}"]`)); i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
  }
  await page.keyboard.press('Enter');
}

/** Waits until the view has computed what is asked about: before that no answer is taken. */
export const ready = (page) => page.locator('lab-lesson form button:not([disabled])').first().waitFor();

export const check = async (page) => {
  await ready(page);
  await tabTo(page, '.task form button');
  await page.keyboard.press('Enter');
};
const choose = async (page, name, value) => {
  await tabTo(page, `.control.lit [aria-label^="${name}"] button:nth-child(${value})`, 'Shift+Tab');
  await page.keyboard.press('Enter');
};
export const number = (value) => (page) => answer(page, '#answer', value);
/** The pixels at these places, by Enter; then the check. */
export const paint = (...places) => {
  return async (page) => {
    await tabTo(page, '[role=grid][aria-readonly=false] [tabindex="0"]', 'Shift+Tab');
    let at = Number(await page.evaluate(activeIndex));
    for (const place of places) {
      await walk(page, 5, at, place);
      await page.keyboard.press('Enter');
      at = place;
    }
    await check(page);
  };
};
/** The four gradients that arrive, typed. */
export const arriving = (...values) => {
  return async (page) => {
    await tabTo(page, '[role=grid][aria-readonly=false] [tabindex="0"]', 'Shift+Tab');
    let at = Number(await page.evaluate(activeIndex));
    for (const [place, value] of values.entries()) {
      await walk(page, 2, at, place);
      await page.keyboard.press(String(value));
      at = place;
    }
    await check(page);
  };
};
const activeIndex = () => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at.dataset.index;
};
export const set = (settings) => {
  return async (page) => {
    for (const [name, value] of settings) await choose(page, name, value);
    await check(page);
  };
};

/** Chooses one of the lit control's buttons, and checks. */
export const pick = (place) => {
  return async (page) => {
    await tabTo(page, `.control.lit .choices button:nth-child(${place})`, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await check(page);
  };
};
export const start = (seed) => {
  return async (page) => {
    await tabTo(page, `[data-seed="${seed}"]`, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await check(page);
  };
};

/** One of the options as the answer to the question. */
export const option = (value) => (page) => answer(page, '.task .option input', value);

export const phase = (page, step, name) => page.locator(`[data-testid=step][data-step="${step}"][data-phase=${name}]`).waitFor();
export const verdict = (page, kind) => page.locator(`.task-verdict.${kind}`).waitFor();
