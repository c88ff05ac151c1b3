import { choice, type Table } from '../../state/properties.js';

/** The state in a link to this station. Pictures are in no link. */
export interface State {
  /** What the network begins with: the one beside the page, a file of the reader's, or nothing. */
  base: 'auto' | 'file' | 'none';
  /** The camera is shown as a mirror does. */
  mirror: 'yes' | 'no';
  /** Trains again by itself when pictures change. */
  again: 'yes' | 'no';
  /** Shows where the network looks. */
  look: 'no' | 'yes';
}

export const table: Table<State> = {
  base: choice('auto', ['auto', 'file', 'none']),
  mirror: choice('yes', ['yes', 'no']),
  again: choice('yes', ['yes', 'no']),
  look: choice('no', ['no', 'yes']),
};
