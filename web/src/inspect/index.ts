import type { Key } from '../i18n/index.js';
import './layer-panel.js';
import './live-stage.js';
import './images-panel.js';
import './confusion-panel.js';
import './own-image-panel.js';
import './doctor-panel.js';
import './speed-panel.js';
import './time-panel.js';

export type { LayerView } from './layer-answer.js';
export { LayerPanel } from './layer-panel.js';
export { ImagesPanel } from './images-panel.js';
export { ConfusionPanel } from './confusion-panel.js';
export { OwnImagePanel } from './own-image-panel.js';
export { DoctorPanel } from './doctor-panel.js';
export { SpeedPanel } from './speed-panel.js';
export { TimePanel } from './time-panel.js';

/** The panels in the order in which they are offered, and their names. Each has the properties `run` and `lang`. */
export const panels = [
  { tag: 'lab-layer-panel', title: 'panelLayer' },
  { tag: 'lab-images-panel', title: 'panelImages' },
  { tag: 'lab-confusion-panel', title: 'confusionTitle' },
  { tag: 'lab-own-image-panel', title: 'panelOwn' },
  { tag: 'lab-doctor-panel', title: 'panelDoctor' },
  { tag: 'lab-speed-panel', title: 'tabSpeed' },
  { tag: 'lab-time-panel', title: 'panelTime' },
] as const satisfies readonly { tag: string; title: Key }[];
