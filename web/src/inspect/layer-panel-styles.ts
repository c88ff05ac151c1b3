import { css } from 'lit';

export const layerStyles = css`
  .subject {
    display: flex;
    gap: 12px;
    align-items: center;
    font-size: var(--lab-small);
    color: var(--lab-ink-soft);
    min-height: 58px;
  }
  .subject strong {
    display: block;
    color: var(--lab-ink);
    font-size: var(--lab-text);
    font-weight: 560;
  }
  figure {
    display: grid;
    gap: 8px;
    min-width: 0;
    min-height: 160px;
    align-content: start;
  }
  figcaption {
    font-weight: 620;
  }
  .looks {
    display: flex;
    flex-wrap: wrap;
    gap: 16px;
    margin-bottom: 12px;
  }
  .looks figcaption {
    max-width: 160px;
    font-weight: 400;
  }
  .pair {
    display: grid;
    gap: 24px;
    grid-template-columns: minmax(0, 1fr);
  }
`;
