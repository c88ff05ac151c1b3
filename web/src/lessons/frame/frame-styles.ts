import { css } from 'lit';

/** A lesson's steps, its text, view and questions. */
export const frameStyles = css`
  .lesson {
    display: grid;
    gap: 24px;
    grid-template-columns: minmax(0, 1fr);
  }
  nav ol {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  nav button {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 4px 10px;
    border-color: var(--lab-line);
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    background: none;
  }
  nav button.done {
    color: var(--lab-ink);
  }
  nav button[aria-current] {
    border-color: var(--lab-accent);
    color: var(--lab-ink);
    background: var(--lab-sunk);
    font-weight: 560;
  }
  .number {
    font-family: var(--lab-mono);
    white-space: nowrap;
  }
  .step {
    display: grid;
    gap: 24px 40px;
    grid-template-columns: minmax(0, 1fr);
    align-items: start;
  }
  .text,
  .asks {
    display: grid;
    gap: 12px;
    align-content: start;
    /* A long formula scrolls in its own box. */
    grid-template-columns: minmax(0, 1fr);
    max-width: 68ch;
    min-width: 0;
  }
  .asks {
    gap: 24px;
  }
  .count {
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
  }
  h2 {
    font-size: var(--lab-title);
    line-height: 1.25;
    letter-spacing: -0.012em;
    text-wrap: balance;
  }
  h2:focus-visible,
  .reveal:focus-visible,
  .task:focus-visible,
  .verdict:focus-visible {
    outline: none;
  }
  .stage {
    min-width: 0;
  }
  section {
    display: grid;
    gap: 8px;
    grid-template-columns: minmax(0, 1fr);
    padding-top: 16px;
    border-top: 1px solid var(--lab-line);
  }
  .row.tight {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: end;
  }
  fieldset {
    display: grid;
    gap: 4px;
    margin: 0 0 12px;
    padding: 0;
    border: 0;
    min-width: 0;
  }
  .option {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 10px;
    align-items: baseline;
    padding: 8px 0;
    min-height: 40px;
    cursor: pointer;
  }
  input[type='radio'] {
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--lab-accent);
    transform: translateY(3px);
  }
  .main-button {
    justify-self: start;
    background: var(--lab-accent);
    border-color: var(--lab-accent);
    color: var(--lab-on-accent);
    font-weight: 600;
  }
  @media (forced-colors: active) {
    .main-button {
      forced-color-adjust: none;
      background: ButtonText;
      border-color: ButtonText;
      color: ButtonFace;
    }
  }
  .yours {
    color: var(--lab-ink-soft);
  }
  .verdict {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 10px;
    padding: 8px 12px;
    border-left: 3px solid var(--lab-mark);
    background: var(--lab-sunk);
  }
  .verdict.right {
    border-left-color: var(--lab-lit);
  }
  .sign {
    font-family: var(--lab-mono);
  }
  details {
    padding: 4px 0;
  }
  details p {
    margin: 8px 0;
  }
  summary {
    cursor: pointer;
    font-weight: 620;
    padding: 6px 0;
  }
  .onward {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    justify-content: space-between;
    padding-top: 16px;
    border-top: 1px solid var(--lab-line);
  }
  .onward button:last-child {
    margin-left: auto;
  }
  /* Only where one is has its name; the others have it for who hears the page, or points at them. */
  nav button:not([aria-current]) .name {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  nav button {
    min-width: 44px;
    justify-content: center;
  }
  @container (width < 700px) {
    nav button .name {
      display: none;
    }
    nav button[aria-current] .number {
      padding: 0 8px;
    }
  }
  @container (width >= 1100px) {
    .step {
      grid-template-columns: 400px minmax(0, 1fr);
      grid-template-rows: auto 1fr;
    }
    .stage {
      grid-column: 2;
      grid-row: 1 / span 2;
      align-self: stretch;
      padding-left: 40px;
      border-left: 1px solid var(--lab-line);
    }
    /* The picture stays beside the question that is asked about it. */
    .stage > * {
      position: sticky;
      top: 16px;
    }
  }
`;
