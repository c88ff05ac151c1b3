import { css } from 'lit';

export const dataStyles = css`
  .choice {
    display: grid;
    gap: 8px 24px;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
    align-items: end;
  }
  .choice select {
    width: 100%;
    text-overflow: ellipsis;
  }
  .note {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    max-width: 68ch;
  }
  .absent {
    border-left: 3px solid var(--lab-positive);
    padding: 4px 12px;
    max-width: 68ch;
    overflow-wrap: anywhere;
  }
  .absent a {
    color: var(--lab-accent);
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    min-height: 40px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .status button {
    min-height: 32px;
    padding: 2px 8px;
    font-size: var(--lab-small);
  }
  progress {
    width: 100%;
    height: 4px;
    accent-color: var(--lab-accent);
  }
  .waiting {
    min-height: 1100px;
  }
  .changes,
  .nearest {
    display: grid;
    gap: 12px;
    align-content: start;
  }
  .nearest {
    min-height: 300px;
    scroll-margin: 16px;
  }
  .near {
    display: grid;
    gap: 12px;
  }
  .asked {
    display: flex;
    gap: 16px;
  }
  .go {
    display: inline-block;
    justify-self: start;
    padding: 8px 16px;
    border-radius: var(--lab-radius);
    background: var(--lab-accent);
    color: var(--lab-on-accent);
    font-weight: 600;
    text-decoration: none;
  }
  .searching .progress {
    flex: 1;
    min-width: 160px;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  .searching {
    align-items: end;
    min-height: 64px;
  }
  .pairs {
    list-style: none;
    margin: 0;
    padding: 0;
    display: grid;
    gap: 8px 16px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 240px), 1fr));
  }
  .pairs li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
    gap: 4px;
    align-items: center;
    border: 1px solid var(--lab-line);
    border-radius: var(--lab-radius);
    padding: 4px;
  }
  .half {
    display: grid;
    align-self: start;
    justify-items: center;
    gap: 2px;
    border-color: transparent;
    background: none;
    padding: 4px;
    font-size: var(--lab-small);
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .other {
    text-decoration: underline;
    text-decoration-color: var(--lab-positive);
    text-decoration-thickness: 2px;
  }
  .station > section {
    border-top: 1px solid var(--lab-line);
    padding-top: 24px;
    gap: 12px;
  }
  @media (pointer: coarse) {
    .go {
      min-height: 44px;
    }
  }
`;
