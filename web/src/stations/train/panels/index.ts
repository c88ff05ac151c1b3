import type { Key } from '../../../i18n/index.js';
import './layer_panel.js';
import './images_panel.js';
import './confusion_panel.js';
import './own_image_panel.js';
import './doctor_panel.js';
import './time_panel.js';

export { LayerPanel, type LayerView } from './layer_panel.js';
export { ImagesPanel } from './images_panel.js';
export { ConfusionPanel } from './confusion_panel.js';
export { OwnImagePanel } from './own_image_panel.js';
export { DoctorPanel } from './doctor_panel.js';
export { TimePanel } from './time_panel.js';

/** The panels in the order in which they are offered, and their names. Each has the properties `run` and `lang`. */
export const panels = [
  { tag: 'lab-layer-panel', title: 'panelLayer' },
  { tag: 'lab-images-panel', title: 'panelImages' },
  { tag: 'lab-confusion-panel', title: 'confusionTitle' },
  { tag: 'lab-own-image-panel', title: 'panelOwn' },
  { tag: 'lab-doctor-panel', title: 'panelDoctor' },
  { tag: 'lab-time-panel', title: 'panelTime' },
] as const satisfies readonly { tag: string; title: Key }[];
