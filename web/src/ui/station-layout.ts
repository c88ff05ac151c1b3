import { css } from 'lit';
import { base, controls, tables, troubles } from './styles.js';

const layout = css`
  /* A station asks for its own width, not the window's: it may stand in a column of somebody's page. */
  :host {
    container-type: inline-size;
  }
  .station {
    display: grid;
    gap: 24px;
    grid-template-columns: minmax(0, 1fr);
  }
  .lead {
    display: grid;
    gap: 8px;
  }
  .lead p {
    max-width: 68ch;
    color: var(--lab-ink-soft);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 24px 32px;
    align-items: start;
  }
  .main {
    display: grid;
    gap: 24px;
    min-width: 0;
  }
  .side {
    display: grid;
    gap: 24px;
    min-width: 0;
    align-content: start;
  }
  @container (width >= 1100px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) 352px;
    }
    .side {
      border-left: 1px solid var(--lab-line);
      padding-left: 32px;
    }
  }
  .settings {
    display: grid;
    gap: 16px 24px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 200px), 1fr));
    align-items: end;
    padding-top: 16px;
    border-top: 1px solid var(--lab-line);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    align-items: center;
    justify-content: space-between;
  }
  .row.tight {
    justify-content: start;
    gap: 8px;
  }
  /* Settings: in their place where there is room, in a drawer on a phone, which leaves the stage above it. */
  .drawer > .handle {
    display: none;
  }
  @container (width <= 570px) {
    .columns .drawer,
    .workspace .drawer {
      order: 99;
    }
    .drawer {
      position: sticky;
      bottom: 0;
      z-index: 2;
      /* as far out as the shell's or the frame's own padding */
      margin: 0 calc(-1 * var(--lab-edge, 8px));
      padding: 0 var(--lab-edge, 8px);
      background: var(--lab-surface);
      border-top: 1px solid var(--lab-line);
      box-shadow: var(--lab-shadow);
    }
    .drawer > .handle {
      display: block;
      width: 100%;
      min-height: 48px;
      border: 0;
      background: none;
      font-weight: 620;
      text-align: left;
    }
    .drawer > .handle::after {
      content: '▴';
      float: right;
    }
    .drawer.open > .handle::after {
      content: '▾';
    }
    .drawer > :not(.handle) {
      display: none;
    }
    .drawer.open > :not(.handle) {
      display: grid;
      max-height: 38vh;
      overflow: auto;
      padding-bottom: 16px;
    }
  }
  details {
    border-top: 1px solid var(--lab-line);
    padding-top: 8px;
  }
  summary {
    cursor: pointer;
    font-weight: 620;
    padding: 6px 0;
  }
  @media print {
    .drawer > .handle,
    lab-player,
    .tabs {
      display: none;
    }
    .drawer > :not(.handle) {
      display: grid;
      max-height: none;
    }
    .drawer {
      position: static;
      box-shadow: none;
    }
    figure,
    tr,
    .field {
      break-inside: avoid;
    }
  }
  details p {
    max-width: 68ch;
    margin: 8px 0;
  }
`;

/** What all stations look like: columns, settings, the drawer of a phone. */
export const stationStyles = [base, controls, tables, troubles, layout];
