/** Parts that every station has. */
export const ui = {
  tryAgain: 'Try again',
  asTable: 'As table',
  sortBy: 'Sort by {name}',
  copyTable: 'Copy the table',
  tableCopied: 'Table copied',
  undo: 'Undo',
  settings: 'Settings',
  toExample: 'Back to the example',
  player: 'Playback',
  play: 'Play',
  pause: 'Pause',
  step: 'Step',
  reset: 'Reset',
  speed: 'Speed',
  spaceKey: 'space',
  redo: 'Redo',
} as const;
