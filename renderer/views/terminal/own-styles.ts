// xterm's styles under `style-src 'self'`. It makes <style> elements and writes style attributes, both of which the policy refuses; constructed style
// sheets and an element's `style` object are the page's own script's work and allowed (CSP 3, 6.6: only elements and attributes are checked).
import type { Terminal } from '@xterm/xterm';

const plainElement = (name: string, options?: ElementCreationOptions): HTMLElement => Document.prototype.createElement.call(document, name, options);

/** What stands where xterm wants a <style>: its text becomes a style sheet of the document for as long as the element is in use. */
function styleStandIn(): HTMLElement {
  const sheet = new CSSStyleSheet();
  const element = plainElement('span');
  element.hidden = true;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  Object.defineProperties(element, {
    textContent: {
      set(rules: string) {
        sheet.replaceSync(rules);
      },
    },
    remove: {
      value() {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
        Element.prototype.remove.call(element);
      },
    },
  });
  return element;
}

/** The part of xterm 6.0.0's inside that is looked at: DomRenderer and DomRendererRowFactory. */
interface Inside {
  readonly _core: { readonly _renderService: { readonly _renderer: { readonly value: { readonly _rowFactory: { _addStyle: (element: HTMLElement, style: string) => void } } } } };
}

/** Opens the terminal in an element, with its styles as the policy allows them. */
export function openWithOwnStyles(terminal: Terminal, parent: HTMLElement): void {
  // Only while it is opened: all of its <style> elements are made then.
  document.createElement = (name: string, options?: ElementCreationOptions) => (name === 'style' ? styleStandIn() : plainElement(name, options));
  try {
    terminal.open(parent);
  } finally {
    Reflect.deleteProperty(document, 'createElement');
  }
  // Colours beyond the palette: `color:#aabbcc`, a declaration at a time.
  const rows = (terminal as unknown as Inside)._core._renderService._renderer.value._rowFactory;
  if (typeof rows._addStyle !== 'function') throw new TypeError('This xterm writes its colours in another way.');
  rows._addStyle = (element, style) => {
    element.style.cssText += `${style};`;
  };
}
