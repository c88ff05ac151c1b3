import { css } from 'lit';

/** What every element of the lab shares. */
export const base = css`
  :host {
    display: block;
    font-family: var(--lab-font);
    font-size: var(--lab-text);
    line-height: 1.5;
    color: var(--lab-ink);
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 2px solid var(--lab-accent);
    outline-offset: 2px;
  }
  /* Where the colour is what is said: it stays where colours are forced, and on paper. */
  .tinted {
    forced-color-adjust: none;
    print-color-adjust: exact;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  h1,
  h2,
  h3,
  p,
  figure {
    margin: 0;
  }
  h1 {
    font-size: var(--lab-title);
    font-weight: 620;
    line-height: 1.25;
    letter-spacing: -0.012em;
    text-wrap: balance;
  }
  h2 {
    font-size: var(--lab-large);
    font-weight: 620;
  }
  h3 {
    font-size: var(--lab-text);
    font-weight: 620;
  }
`;

export const controls = css`
  button,
  select,
  input[type='number'] {
    font: inherit;
    color: inherit;
    min-height: 40px;
    padding: 4px 12px;
    border: 1px solid var(--lab-mark);
    border-radius: var(--lab-radius);
    background: var(--lab-surface);
  }
  /* Beside a heading: what one can do with a picture, without a frame around each. */
  button.small {
    min-height: 32px;
    padding: 2px 8px;
    font-size: var(--lab-small);
    border-color: transparent;
    background: none;
    color: var(--lab-ink-soft);
  }
  button.small:hover:not(:disabled) {
    color: var(--lab-ink);
    border-color: var(--lab-line);
  }
  button.small[aria-pressed='true'] {
    border-color: var(--lab-accent);
    color: var(--lab-accent);
    background: none;
  }
  /* A finger needs more room than a pointer. */
  @media (pointer: coarse) {
    button,
    button.small,
    select,
    input[type='number'] {
      min-height: 44px;
    }
  }
  select {
    padding-right: 8px;
    max-width: 100%;
  }
  input[type='number'] {
    width: 84px;
    font-family: var(--lab-mono);
  }
  button {
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    border-color: var(--lab-ink);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button[aria-pressed='true'] {
    background: var(--lab-accent);
    border-color: var(--lab-accent);
    color: var(--lab-on-accent);
  }
  input[type='range'] {
    width: 100%;
    margin: 0;
    height: 28px;
    accent-color: var(--lab-accent);
  }
  /* In the dark Firefox makes what is still free brighter than what is taken; a slider with a style of its own has a
     ground, too. */
  @supports selector(::-moz-range-track) {
    input[type='range'] {
      background: none;
    }
  }
  input[type='range']::-moz-range-thumb {
    width: 16px;
    height: 16px;
    border: 0;
    background: var(--lab-accent);
  }
  input[type='range']::-moz-range-track {
    height: 4px;
    border-radius: 2px;
    background: var(--lab-mark);
  }
  input[type='range']::-moz-range-progress {
    height: 4px;
    border-radius: 2px;
    background: var(--lab-accent);
  }
  .field {
    display: grid;
    gap: 4px;
    align-content: start;
    min-width: 0;
  }
  .field > label,
  .field > .label {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    display: flex;
    justify-content: space-between;
    gap: 8px;
  }
  .field output,
  .value {
    font-family: var(--lab-mono);
    color: var(--lab-ink);
  }
  .choices {
    display: inline-flex;
    flex-wrap: wrap;
  }
  .choices button {
    border-radius: 0;
    margin-right: -1px;
    padding: 4px 10px;
  }
  .choices button:first-child {
    border-radius: var(--lab-radius) 0 0 var(--lab-radius);
  }
  .choices button:last-child {
    border-radius: 0 var(--lab-radius) var(--lab-radius) 0;
    margin-right: 0;
  }
  .wrong {
    color: var(--lab-wrong);
  }
  /* The system paints buttons in its own colours; what is chosen must still be seen. */
  @media (forced-colors: active) {
    button[aria-pressed='true'],
    button.small[aria-pressed='true'],
    button[aria-selected='true'] {
      forced-color-adjust: none;
      background: Highlight;
      border-color: Highlight;
      color: HighlightText;
    }
    button:disabled {
      opacity: 1;
      color: GrayText;
      border-color: GrayText;
    }
    input[type='range']::-moz-range-thumb,
    input[type='range']::-moz-range-progress {
      background: Highlight;
    }
    input[type='range']::-moz-range-track {
      background: ButtonText;
    }
  }
  /* On paper only what is chosen. */
  @media print {
    button:not([aria-pressed='true'], [aria-selected='true'], .printed),
    input[type='file'],
    input[type='range'] {
      display: none;
    }
  }
`;

/** A sentence beside the thing that has the trouble. */
export const troubles = css`
  .problem {
    border-left: 3px solid var(--lab-wrong);
    padding: 4px 12px;
    color: var(--lab-wrong);
    max-width: 68ch;
    overflow-wrap: anywhere;
  }
  .problem button {
    margin-top: 8px;
    color: var(--lab-ink);
  }
`;

export const tables = css`
  .wide {
    overflow-x: auto;
    scrollbar-color: var(--lab-mark) transparent;
    max-width: 100%;
  }
  table {
    border-collapse: collapse;
    font-size: var(--lab-small);
  }
  th,
  td {
    text-align: right;
    padding: 4px 10px 4px 0;
    border-bottom: 1px solid var(--lab-line);
    font-weight: 400;
  }
  td {
    font-family: var(--lab-mono);
  }
  th {
    color: var(--lab-ink-soft);
  }
`;
