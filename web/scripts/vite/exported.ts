import type { Plugin } from 'vite';

/** Leaves what a source file exports as NAME.js, for a script outside the page, and the page can use it as well. */
export function exported(name: string, id: string): Plugin {
  return {
    name: 'cnnlab-exported',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id, name, fileName: `${name}.js`, preserveSignature: 'strict' });
    },
  };
}
