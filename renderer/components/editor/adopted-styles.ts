// CodeMirror's styles under `style-src 'self'`. In a document (but not in a shadow root) style-mod makes a <style> element, which the policy
// refuses; a constructed style sheet is the page's own script's work and allowed (CSP 3, 6.6: only elements and attributes are checked).
import { StyleModule } from 'style-mod';

const sheets = new WeakMap<StyleModule, CSSStyleSheet>();

function sheetOf(module: StyleModule): CSSStyleSheet {
  const known = sheets.get(module);
  if (known) return known;
  const made = new CSSStyleSheet();
  made.replaceSync(module.getRules());
  sheets.set(module, made);
  return made;
}

/** To be called before the first editor is made. Later modules win over earlier ones, as style-mod promises. */
export function adoptStyles(): void {
  StyleModule.mount = (root, modules) => {
    const wanted = [modules].flat().map(sheetOf);
    const kept = root.adoptedStyleSheets.filter((sheet) => !wanted.includes(sheet));
    root.adoptedStyleSheets = [...kept, ...wanted];
  };
}
