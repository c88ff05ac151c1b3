import { css } from 'lit';

export const classesStyles = css`
  .workspace {
    display: grid;
    gap: 24px 32px;
    grid-template-columns: minmax(0, 1fr);
    align-items: start;
  }
  .cards {
    display: grid;
    gap: 12px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
  }
  .own,
  .learn,
  .main {
    display: grid;
    gap: 16px;
    min-width: 0;
    align-content: start;
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
  .go:disabled {
    background: none;
    color: inherit;
    border-color: var(--lab-mark);
  }
  .live {
    min-width: 0;
    padding: 8px 0;
    background: var(--lab-ground);
  }
  .status {
    min-height: 48px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .status strong {
    color: var(--lab-ink);
    font-weight: 560;
  }
  progress {
    width: 100%;
    height: 4px;
    accent-color: var(--lab-accent);
  }
  .note {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
    overflow-wrap: anywhere;
  }
  .tick {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 40px;
    font-size: var(--lab-small);
  }
  .tick input {
    width: 20px;
    height: 20px;
    accent-color: var(--lab-accent);
  }
  .base {
    display: grid;
    gap: 8px;
    align-items: end;
  }
  button.framed {
    border-color: var(--lab-mark);
  }
  .base select {
    width: 100%;
    text-overflow: ellipsis;
  }
  input[type='file'] {
    display: none;
  }
  .after {
    display: grid;
    gap: 16px;
  }
  .curves {
    min-height: 288px;
    display: grid;
    gap: 24px;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
  }
  .dropping {
    outline: 2px dashed var(--lab-accent);
    outline-offset: 8px;
  }
  lab-run-files {
    border-top: 1px solid var(--lab-line);
    padding-top: 24px;
  }
  /* While one records, one sees what the camera sees. */
  @container (width < 900px) {
    .side,
    .main {
      display: contents;
    }
    .live {
      position: sticky;
      top: 0;
      z-index: 2;
      border-bottom: 1px solid var(--lab-line);
    }
    .learn {
      order: 1;
    }
    .after {
      order: 2;
    }
  }
  @container (width >= 900px) {
    .workspace {
      grid-template-columns: minmax(0, 1fr) minmax(400px, 464px);
    }
    .side {
      grid-column: 2;
      grid-row: 1 / span 2;
      border-left: 1px solid var(--lab-line);
      padding-left: 32px;
      position: sticky;
      top: 16px;
    }
    .live {
      padding: 0;
    }
  }
  @media (pointer: coarse) {
    .go {
      min-height: 44px;
    }
  }
  @media (max-height: 520px) {
    .live {
      position: static;
    }
  }
`;
