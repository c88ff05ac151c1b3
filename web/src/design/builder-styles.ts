import { css } from 'lit';

export const builderStyles = css`
  :host {
    container-type: inline-size;
  }
  .builder {
    display: grid;
    gap: 16px;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .bar .total {
    margin-left: auto;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .bar strong {
    font-family: var(--lab-mono);
    font-weight: 500;
    color: var(--lab-ink);
  }
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
    border-top: 1px solid var(--lab-line);
  }
  li {
    border-bottom: 1px solid var(--lab-line);
  }
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 4px 8px;
    align-items: center;
  }
  .open {
    border: 0;
    background: none;
    padding: 8px 4px;
    text-align: left;
    display: grid;
    grid-template-columns: 24px minmax(120px, 1.6fr) minmax(96px, 0.8fr) minmax(72px, 0.6fr) minmax(72px, 0.7fr);
    gap: 2px 12px;
    align-items: baseline;
    width: 100%;
  }
  .head {
    display: grid;
    grid-template-columns: 24px minmax(120px, 1.6fr) minmax(96px, 0.8fr) minmax(72px, 0.6fr) minmax(72px, 0.7fr);
    gap: 2px 12px;
    padding: 0 124px 4px 4px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .head span:nth-child(n + 3),
  .open .figure {
    text-align: right;
  }
  .number {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    font-family: var(--lab-mono);
  }
  .type {
    font-family: var(--lab-mono);
    font-weight: 600;
    margin-right: 8px;
  }
  .what {
    overflow-wrap: anywhere;
  }
  .facts {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .figure {
    font-family: var(--lab-mono);
    font-size: var(--lab-small);
  }
  .figure .unit {
    display: none;
  }
  .tools {
    display: flex;
    gap: 2px;
  }
  .tools button {
    min-height: 32px;
    width: 36px;
    padding: 0;
    border-color: transparent;
    background: none;
  }
  .tools button:hover:not(:disabled) {
    border-color: var(--lab-mark);
  }
  .error {
    border-left: 3px solid var(--lab-wrong);
    color: var(--lab-wrong);
    padding: 4px 12px;
    margin: 0 0 8px;
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    overflow-wrap: anywhere;
  }
  .error button {
    color: var(--lab-ink);
    min-height: 30px;
    padding: 2px 10px;
    font-size: var(--lab-small);
  }
  li.wrong-row .type {
    color: var(--lab-wrong);
  }
  .body {
    padding: 0 4px 8px 40px;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 4px 0 8px;
    min-width: 0;
  }
  legend {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    padding: 0;
  }
  .ticks {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  .ticks label {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    font-family: var(--lab-mono);
    font-size: var(--lab-small);
    min-height: 28px;
  }
  .ticks input {
    width: 18px;
    height: 18px;
    accent-color: var(--lab-accent);
  }
  .add {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: end;
  }
  details {
    border-top: 1px solid var(--lab-line);
    padding: 4px 0;
  }
  summary {
    cursor: pointer;
    font-weight: 620;
    padding: 6px 0;
  }
  summary .facts {
    font-weight: 400;
    margin-left: 8px;
    overflow-wrap: anywhere;
  }
  @container (width <= 620px) {
    .head {
      display: none;
    }
    .row {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    .open {
      position: relative;
      display: flex;
      flex-wrap: wrap;
      padding-left: 28px;
    }
    .open .number {
      position: absolute;
      left: 4px;
      top: 10px;
    }
    .open .what {
      flex: 1 0 100%;
    }
    .open .figure {
      text-align: left;
      white-space: nowrap;
    }
    .figure .unit {
      display: inline;
      font-family: var(--lab-font);
      color: var(--lab-ink-soft);
    }
    /* Twenty times three buttons would be most of a small screen: they come with the layer that is open. */
    .row:not(.is-open) .tools {
      display: none;
    }
    .tools {
      padding-left: 26px;
    }
    .body {
      padding-left: 8px;
    }
  }
`;
