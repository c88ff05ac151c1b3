import { css } from 'lit';

export const convolutionStyles = css`
  .view {
    position: relative;
    /* The threads lie behind the numbers, not behind the page. */
    isolation: isolate;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 24px 10px;
  }
  .view.stale {
    opacity: 0.45;
  }
  figure {
    display: grid;
    gap: 6px;
    justify-items: start;
    align-content: start;
  }
  figcaption {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    width: 0;
    min-width: max(100%, 88px);
    line-height: 1.3;
  }
  figcaption strong {
    color: var(--lab-ink);
    font-weight: 560;
  }
  .linked {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .operator {
    font-size: var(--lab-title);
    color: var(--lab-mark);
    margin: 24px 0 0;
    line-height: 1;
  }
  .threads {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    pointer-events: none;
    overflow: visible;
    z-index: -1;
  }
  .threads line {
    stroke: var(--lab-lit);
    stroke-width: 1;
    opacity: 0.75;
  }
  .hint {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
  }
  .edit {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .sum {
    min-height: 232px;
    display: grid;
    gap: 8px;
    align-content: start;
  }
  .terms {
    min-height: 79px;
    font-family: var(--lab-mono);
    font-size: var(--lab-text);
    line-height: 1.75;
    overflow-wrap: anywhere;
  }
  .terms .pad {
    color: var(--lab-ink-soft);
  }
  .total {
    font-family: var(--lab-mono);
    font-size: var(--lab-title);
    font-weight: 600;
    border-top: 1px solid var(--lab-mark);
    padding-top: 4px;
  }
  .file {
    display: none;
  }
  @container (width < 1100px) {
    .main,
    .side {
      display: contents;
    }
    .columns .problem,
    .drawer {
      order: 1;
    }
    details {
      order: 2;
    }
  }
  @container (width <= 570px) {
    .view {
      gap: 16px 12px;
    }
    .operator {
      display: none;
    }
  }
`;
