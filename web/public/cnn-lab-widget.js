// A station as a widget of notebooks (anywidget): _esm is the address of this file, which lies beside cnn-lab.js.
// Traits of the model: station, state, lang, theme and height, text or number; all but the first may be missing.
import './cnn-lab.js';

/** A book has no kernel: its model refuses to save, and to forget a listener. */
const wherePossible = (work) => {
  try {
    work();
  } catch {
    // The station goes on without.
  }
};

const traits = ['station', 'state', 'lang', 'theme', 'height'];

export default {
  render({ model, el }) {
    const lab = document.createElement('cnn-lab');
    const give = (name) => {
      const value = model.get(name);
      if (value === undefined || value === null || value === '') lab.removeAttribute(name);
      else if (lab.getAttribute(name) !== String(value)) lab.setAttribute(name, String(value));
    };
    const listeners = traits.map((name) => [`change:${name}`, () => give(name)]);
    for (const name of traits) give(name);
    for (const [event, listener] of listeners) model.on(event, listener);
    // What the reader does is known to the kernel.
    lab.addEventListener('lab-state', ({ detail }) => {
      model.set('state', detail.state);
      wherePossible(() => model.save_changes());
    });
    el.append(lab);
    return () => {
      lab.remove();
      for (const [event, listener] of listeners) wherePossible(() => model.off(event, listener));
    };
  },
};
