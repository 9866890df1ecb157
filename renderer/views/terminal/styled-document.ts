// xterm.js under `style-src 'self'`. It makes <style> elements and sets `style` attributes, and the policy refuses both; a constructed style sheet, and what
// the page's own script sets of an element's style, are allowed (CSP 3, 6.6). So xterm.js is given a document that makes such elements differently.

/** The page's document, for xterm.js' option `documentOverride`: it has to be an instance of Document. */
export function styledDocument(page: Document): Document {
  const createElement = (tag: string, options?: ElementCreationOptions): HTMLElement =>
    tag.toLowerCase() === 'style' ? styleElement(page) : withStyleByScript(page.createElement(tag, options));
  return new Proxy(page, {
    get(target, name) {
      if (name === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...words: unknown[]) => unknown).bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** An element that stands for a <style>: its text is the page's style sheet for as long as it is there. */
function styleElement(page: Document): HTMLElement {
  const element = page.createElement('span');
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  page.adoptedStyleSheets.push(sheet);
  let text = '';
  Object.defineProperty(element, 'textContent', {
    get: () => text,
    set(next: string) {
      text = next;
      sheet.replaceSync(next);
    },
  });
  element.remove = () => {
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((one) => one !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}

/** The attribute `style`, set by `setAttribute`, is set as a script's own style instead: colours of 24 bits. */
function withStyleByScript<Made extends HTMLElement>(element: Made): Made {
  element.setAttribute = (name, value) => {
    if (name === 'style') element.style.cssText = value;
    else Element.prototype.setAttribute.call(element, name, value);
  };
  return element;
}
