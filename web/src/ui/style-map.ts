import { noChange } from 'lit';
import { Directive, directive, PartType, type AttributePart, type PartInfo } from 'lit/directive.js';

export type Styles = Readonly<Record<string, string | number | null | undefined>>;

/**
 * style=${styleMap({ '--cell': '16px', background })}. Sets each property through the object model, which every policy
 * allows. Lit's own first writes a style attribute, which a policy without 'unsafe-inline' forbids.
 */
class StyleMap extends Directive {
  private before: ReadonlySet<string> = new Set();

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ATTRIBUTE || info.name !== 'style' || (info.strings?.length ?? 0) > 2)
      throw new Error('styleMap is the whole of a style attribute');
  }

  override render(_styles: Styles): typeof noChange {
    return noChange;
  }

  override update(part: AttributePart, [styles]: [Styles]): typeof noChange {
    const { style } = part.element as HTMLElement;
    const names = new Set<string>();
    for (const [key, value] of Object.entries(styles)) {
      if (value === null || value === undefined) continue;
      const name = key.startsWith('--') ? key : key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      names.add(name);
      style.setProperty(name, String(value));
    }
    for (const name of this.before) if (!names.has(name)) style.removeProperty(name);
    this.before = names;
    return noChange;
  }
}

export const styleMap = directive(StyleMap);
