/** English, and each language that has a file beside this one (es.ts): a new one is such a file and its code here. */
export const langs = ['en', 'es'] as const;

/** Apart from the words, so that code that only chooses a language does not load them. */
export type Lang = (typeof langs)[number];

/** "es-MX" is Spanish; null: none of the page's languages. */
export function knownLang(tag: string | null): Lang | null {
  const language = tag?.toLowerCase().split(/[-_]/)[0];
  return langs.find((lang) => lang === language) ?? null;
}

/** The reader's language by the browser's settings. */
export function preferredLang(): Lang {
  for (const tag of navigator.languages) {
    const known = knownLang(tag);
    if (known) return known;
  }
  return 'en';
}

/** The language of an element: its own or its nearest ancestor's, through shadow roots, else the browser's. */
export function langOf(element: Element): Lang {
  for (let at: Element | null = element; at;) {
    if (at.hasAttribute('lang')) return knownLang(at.getAttribute('lang')) ?? preferredLang();
    const root: Node = at.getRootNode();
    at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return preferredLang();
}
