// xterm.js as Podlab uses it; loaded when the first terminal is shown.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal, type ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { findColours } from './colours.ts';
import { openWithOwnStyles } from './own-styles.ts';

export interface Found {
  /** Counted from 1 on; 0 where none is chosen. */
  readonly place: number;
  readonly matches: number;
}

export interface Screen extends Disposable {
  readonly terminal: Terminal;
  /** As many columns and rows as there is room for; undefined while there is none. */
  fit(): { readonly columns: number; readonly rows: number } | undefined;
  find(text: string, direction: 'next' | 'previous'): void;
}

const SCROLLBACK = 5_000;
const MOST = 1_000;

/** Only what a browser opens as a page; who runs a program in a container does not choose more than that. */
function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}

/**
 * Draws a terminal into an element. Titles and the clipboard (OSC 0, 2 and 52) of the program are ignored: nothing listens to them.
 * @param name what a screen reader says of it
 */
export function openScreen(element: HTMLElement, { theme, font, name, description, plainLines, onFound, onSelect, onLink }: {
  readonly theme: ITheme;
  readonly font: string;
  readonly name: string;
  /** The id of the element that says how the keyboard leaves it. */
  readonly description: string;
  /** Its program has no terminal, which would begin a line anew at its end. */
  readonly plainLines: boolean;
  readonly onFound: (found: Found) => void;
  readonly onSelect: (isSomething: boolean) => void;
  /** The address of the link under the pointer: its words may say something else. */
  readonly onLink: (address: string | undefined) => void;
}): Screen {
  const links = { hover: (_: MouseEvent, address: string) => onLink(address), leave: () => onLink(undefined) };
  const terminal = new Terminal({
    allowProposedApi: true, // widths of Unicode 11, and marks of the search
    theme,
    fontFamily: font,
    fontSize: 12.5,
    scrollback: SCROLLBACK,
    cursorBlink: false,
    minimumContrastRatio: 4.5,
    convertEol: plainLines,
    linkHandler: { activate: (_, uri) => openLink(uri), allowNonHttpProtocols: false, ...links },
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new WebLinksAddon((_, uri) => openLink(uri), links));
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  openWithOwnStyles(terminal, element);
  terminal.textarea?.setAttribute('aria-label', name);
  terminal.textarea?.setAttribute('aria-describedby', description);
  terminal.onSelectionChange(() => onSelect(terminal.hasSelection()));
  search.onDidChangeResults(({ resultIndex, resultCount }) => onFound({ place: resultIndex + 1, matches: resultCount }));
  return {
    terminal,
    fit() {
      const size = fit.proposeDimensions();
      // Nothing is drawn yet, or it is hidden.
      if (!size || !(size.cols >= 2) || !(size.rows >= 1)) return undefined;
      const columns = Math.min(size.cols, MOST);
      const rows = Math.min(size.rows, MOST);
      if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
      return { columns, rows };
    },
    find(text, direction) {
      const decorations = findColours(terminal.options.theme);
      if (text === '') {
        search.clearDecorations();
        onFound({ place: 0, matches: 0 });
      } else if (direction === 'next') search.findNext(text, { decorations });
      else search.findPrevious(text, { decorations });
    },
    [Symbol.dispose]: () => terminal.dispose(),
  };
}
