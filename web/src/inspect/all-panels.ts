/** Defines the elements of all panels: loaded when a station first shows one. */
import './layer-panel.js';
import './live-view.js';
import './images-panel.js';
import './confusion-panel.js';
import './own-image-panel.js';
import './doctor-panel.js';
import './speed-panel.js';
import './time-panel.js';
