import type { Lang } from '../i18n/lang.js';

interface Words {
  lang: Lang;
  wait: string;
  tryAgain: string;
  reload: string;
  noStation(name: string, known: readonly string[]): { problem: string; remedy: string };
  notLoaded: { problem: string; remedy: string };
}

/** What the element has to say before, or without, the lab's own words. */
const all: Record<Lang, Words> = {
  en: {
    lang: 'en',
    wait: 'Starting the lab',
    tryAgain: 'Try again',
    reload: 'Reload the page',
    noStation: (name, known) => ({ problem: `There is no station “${name}”`, remedy: `use ${list(known, 'or')}` }),
    notLoaded: { problem: 'The lab cannot be loaded', remedy: 'check the connection and try again' },
  },
  es: {
    lang: 'es',
    wait: 'Preparando el laboratorio',
    tryAgain: 'Volver a intentarlo',
    reload: 'Recargar la página',
    noStation: (name, known) => ({ problem: `No hay ninguna estación «${name}»`, remedy: `puede ser ${list(known, 'o')}` }),
    notLoaded: { problem: 'No se puede cargar el laboratorio', remedy: 'comprueba la conexión y vuelve a intentarlo' },
  },
};

const list = (names: readonly string[], last: string): string => `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;

export const words = (lang: Lang): Words => all[lang];
