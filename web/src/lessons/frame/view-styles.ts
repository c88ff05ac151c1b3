import { css } from 'lit';

/** The controls of a lesson's view; the one that is meant stands out, also where colours are forced. */
export const viewStyles = css`
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 24px;
    margin: 0;
    padding: 16px 0 0;
    border: 0;
    border-top: 1px solid var(--lab-line);
    min-width: 0;
  }
  .control {
    padding: 8px;
    margin: -8px;
    border: 2px solid transparent;
    border-radius: var(--lab-radius);
    min-width: 0;
  }
  .control.lit {
    border-color: var(--lab-lit);
  }
  @media (forced-colors: active) {
    .control {
      border-color: Canvas;
    }
    .control.lit {
      border-color: Highlight;
    }
  }
  figure.meant lab-grid {
    outline: 2px solid var(--lab-lit);
    outline-offset: 4px;
    border-radius: 1px;
  }
  .sum {
    padding-top: 16px;
    border-top: 1px solid var(--lab-line);
  }
  .sum.covered {
    min-height: 0;
  }
`;

/** A view of tables and charts, one below the other. */
export const benchStyles = css`
  .bench {
    display: grid;
    gap: 24px;
    grid-template-columns: minmax(0, 1fr);
  }
  .bench table {
    min-width: min(100%, 320px);
  }
  .bench thead th::first-letter {
    text-transform: uppercase;
  }
  caption {
    text-align: left;
    font-weight: 620;
    font-size: var(--lab-text);
    padding-bottom: 8px;
  }
  thead th:first-child,
  tbody th {
    text-align: left;
    color: var(--lab-ink);
  }
  .note {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
  }
`;
