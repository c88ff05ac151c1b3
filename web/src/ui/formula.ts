import katex from 'katex';
import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';

/** TeX as MathML, which browsers draw and screen readers read by themselves: no style sheet, no fonts. */
export function formula(tex: string, block = true): TemplateResult {
  return html`${unsafeHTML(katex.renderToString(tex, { output: 'mathml', displayMode: block, throwOnError: false }))}`;
}
