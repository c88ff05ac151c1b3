import { css } from 'lit';

export const filterStyles = css`
  .view {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 24px 40px;
    align-items: start;
  }
  figure {
    display: grid;
    gap: 8px;
    align-content: start;
    min-width: 0;
  }
  .note,
  figcaption {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  figcaption strong {
    color: var(--lab-ink);
    font-weight: 560;
  }
  .verdicts {
    display: grid;
    gap: 24px;
  }
  .samples {
    display: grid;
    gap: 8px;
  }
  .verdict {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 8px 16px;
    align-items: center;
  }
  .answer {
    font-family: var(--lab-mono);
    font-size: var(--lab-title);
    font-weight: 600;
  }
  .bar {
    height: 6px;
    background: var(--lab-sunk);
    border-radius: 3px;
    overflow: hidden;
    margin: 4px 0;
  }
  .bar i {
    display: block;
    height: 100%;
    background: var(--lab-lit);
    transform-origin: left;
  }
  .status {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    min-height: 20px;
  }
  @container (width < 1100px) {
    .main,
    .side {
      display: contents;
    }
    .verdicts,
    .samples {
      order: 1;
    }
    .drawer {
      order: 2;
    }
    .tuning {
      order: 3;
    }
    details {
      order: 4;
    }
  }
  @container (width <= 660px) {
    .view {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
