import { css } from 'lit';

export const studyStyles = css`
  .choice {
    display: grid;
    gap: 16px 24px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 152px), 1fr));
    align-items: end;
  }
  .choice .wide-field {
    grid-column: 1 / -1;
  }
  .choice select {
    width: 100%;
    text-overflow: ellipsis;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .go {
    background: var(--lab-accent);
    border-color: var(--lab-accent);
    color: var(--lab-on-accent);
    font-weight: 600;
    min-width: 112px;
  }
  progress {
    width: 100%;
    height: 4px;
    accent-color: var(--lab-accent);
  }
  .status {
    min-height: 24px;
    color: var(--lab-ink-soft);
  }
  .results {
    width: 100%;
  }
  .results th:first-child {
    text-align: left;
    color: var(--lab-ink);
  }
  .results td {
    white-space: nowrap;
  }
  .dots {
    display: block;
    margin-left: auto;
    overflow: visible;
  }
  .dots .base {
    stroke: var(--lab-line);
  }
  .dots .mean {
    stroke: var(--lab-ink);
    stroke-width: 2;
  }
  .dots circle {
    fill: none;
    stroke: var(--lab-accent);
    stroke-width: 1.75;
  }
  .verdicts {
    margin: 0;
    padding: 0;
    list-style: none;
    display: grid;
    gap: 4px;
  }
  .note {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
  }
  .racers {
    margin: 0;
    padding-inline-start: 18px;
    overflow-wrap: anywhere;
  }
  lab-shelf {
    border-top: 1px solid var(--lab-line);
    padding-top: 24px;
  }
  /* What is compared comes before what comes out. */
  @container (width < 1100px) {
    .side {
      order: -1;
    }
  }
  @media (pointer: coarse) {
    .go {
      min-height: 44px;
    }
  }
`;
