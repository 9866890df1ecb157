// The sixteen colours of a terminal, by theme: each has a contrast of 4.5:1 or more on its background, but for the black of the dark one and the white of the light one.
import type { ITheme } from '@xterm/xterm';

const light: ITheme = {
  background: '#ffffff', foreground: '#1b2130', cursor: '#2f5bea', cursorAccent: '#ffffff', selectionBackground: '#c9d6fd', selectionForeground: '#1b2130',
  black: '#1b2130', red: '#b92828', green: '#17724a', yellow: '#855408', blue: '#2159b8', magenta: '#8a2aa5', cyan: '#0b6478', white: '#616a7c',
  brightBlack: '#566073', brightRed: '#c22f2f', brightGreen: '#1a7f52', brightYellow: '#8f5a08', brightBlue: '#2f5bea', brightMagenta: '#9a36b5', brightCyan: '#0e7187', brightWhite: '#1b2130',
};
const dark: ITheme = {
  background: '#12151c', foreground: '#e7eaf1', cursor: '#8ba7ff', cursorAccent: '#12151c', selectionBackground: '#2c3d73', selectionForeground: '#ffffff',
  black: '#454e66', red: '#ff8a8a', green: '#57c98d', yellow: '#e3b04b', blue: '#7fb0ff', magenta: '#d79bf0', cyan: '#5fd0e6', white: '#e7eaf1',
  brightBlack: '#939cb0', brightRed: '#ffa3a3', brightGreen: '#7bdca9', brightYellow: '#f0c878', brightBlue: '#a3c6ff', brightMagenta: '#e5b9f7', brightCyan: '#8be2f2', brightWhite: '#ffffff',
};

export const colours: Readonly<Record<'light' | 'dark', ITheme>> = { light, dark };

/** What a find marks; xterm.js makes the letters on it readable. Six digits each: the search takes no other form. */
export function findColours(theme: ITheme | undefined) {
  return theme?.background === dark.background
    ? { matchBackground: '#5a4712', activeMatchBackground: '#8f6c12', matchOverviewRuler: '#8f6c12', activeMatchColorOverviewRuler: '#e3b04b' }
    : { matchBackground: '#fdf3dc', activeMatchBackground: '#f0c878', matchOverviewRuler: '#855408', activeMatchColorOverviewRuler: '#b92828' };
}
