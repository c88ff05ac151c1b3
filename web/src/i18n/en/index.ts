import { app } from './app.js';
import { convolution } from './convolution.js';
import { data } from './data.js';
import { design } from './design.js';
import { doctor } from './doctor.js';
import { embed } from './embed.js';
import { files } from './files.js';
import { filter } from './filter.js';
import { inspect } from './inspect.js';
import { lessons } from './lessons.js';
import { ownClasses } from './own-classes.js';
import { publish } from './publish.js';
import { study } from './study.js';
import { train } from './train.js';
import { ui } from './ui.js';

/** The page's English, a file for each room. A key is in one room only; other languages have the same keys. */
export const en = { app, convolution, data, design, doctor, embed, files, filter, inspect, lessons, ownClasses, publish, study, train, ui };
