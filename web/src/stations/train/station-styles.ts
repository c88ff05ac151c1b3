import { css } from 'lit';

export const trainStyles = css`
  .workspace {
    display: grid;
    gap: 24px 32px;
    grid-template-columns: minmax(0, 1fr);
    align-items: start;
  }
  .top,
  .panels {
    display: grid;
    gap: 16px;
    min-width: 0;
  }
  .view {
    min-height: 168px;
  }
  .curves {
    display: grid;
    gap: 24px;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
  }
  .side {
    min-width: 0;
  }
  .status {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    min-height: 40px;
  }
  .to-design,
  .status button {
    min-height: 28px;
    padding: 0 8px;
    font-size: var(--lab-small);
  }
  .tested {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    min-height: 1.5em;
  }
  .status strong {
    color: var(--lab-ink);
    font-weight: 560;
  }
  .status .figures {
    white-space: nowrap;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
    border-bottom: 1px solid var(--lab-line);
  }
  .tabs button {
    border: 0;
    background: none;
    border-radius: var(--lab-radius) var(--lab-radius) 0 0;
    color: var(--lab-ink-soft);
    border-bottom: 3px solid transparent;
    padding: 6px 10px;
  }
  .tabs button[aria-selected='true'] {
    color: var(--lab-ink);
    font-weight: 600;
    border-bottom-color: var(--lab-accent);
  }
  @media (forced-colors: active) {
    .tabs button:not([aria-selected='true']) {
      border-bottom-color: Canvas;
    }
  }
  .panel {
    min-height: 480px;
  }
  .badge {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    border-left: 3px solid var(--lab-positive);
    padding: 4px 12px;
    max-width: 68ch;
  }
  .dropping {
    outline: 2px dashed var(--lab-accent);
    outline-offset: 8px;
  }
  @container (width >= 1040px) {
    .workspace {
      grid-template-columns: minmax(0, 1fr) 304px;
      grid-template-rows: auto 1fr;
    }
    .top,
    .panels {
      grid-column: 1;
    }
    .side {
      grid-column: 2;
      grid-row: 1 / span 2;
      border-left: 1px solid var(--lab-line);
      padding-left: 24px;
    }
  }
  /* As in station.ts. */
  @media (width >= 1100px) and (height < 860px) {
    .lead p {
      max-width: none;
    }
    .status {
      min-height: 20px;
    }
    .status br {
      display: none;
    }
    .status .then::before {
      content: '· ';
    }
    .top {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 12px 32px;
    }
    .top > * {
      grid-column: 1 / -1;
    }
    .top > .tested,
    .top > lab-rate {
      grid-column: auto;
    }
    .tabs {
      gap: 0;
    }
    .tabs button {
      padding: 6px 7px;
    }
  }
  .explained {
    display: grid;
    gap: 16px;
    margin-top: 24px;
  }
  @container (width <= 570px) {
    .side {
      display: contents;
    }
    .explained {
      order: 2;
      margin-top: 0;
    }
    .panel {
      min-height: 320px;
    }
  }
`;
