import type { Key } from '../i18n/index.js';

/** What fields do that all optimizers, or all schedules, share: the engine's catalog has no help for them. */
export const sharedHelp: Readonly<Record<string, Key>> = {
  groups: 'fieldGroups',
  clip_norm: 'fieldClipNorm',
  clip_value: 'fieldClipValue',
  average_decay: 'fieldAverageDecay',
  lookahead: 'fieldLookahead',
  warmup: 'fieldWarmup',
};
