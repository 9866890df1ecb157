// Light or dark: the system's, or the person's choice.
import { MediaQuery } from 'svelte/reactivity';
import { remember, remembered } from './remembered.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const isTheme = (text: string | undefined): text is Theme => themes.some((theme) => theme === text);
const stored = remembered('theme');
let chosen = $state<Theme>(isTheme(stored) ? stored : 'system');
const prefersDark = new MediaQuery('prefers-color-scheme: dark');

export const theme = {
  get chosen(): Theme {
    return chosen;
  },
  /** What is drawn: `light` or `dark`. */
  get drawn(): 'light' | 'dark' {
    if (chosen !== 'system') return chosen;
    return prefersDark.current ? 'dark' : 'light';
  },
  choose(wanted: Theme): void {
    chosen = wanted;
    remember('theme', wanted === 'system' ? undefined : wanted);
  },
};
