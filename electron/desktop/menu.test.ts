import { expect, test } from 'vitest';
import { menuTemplate } from './menu.ts';

type Item = ReturnType<typeof menuTemplate>[number];
const surroundings = { locale: 'en-US', platform: 'linux', devTools: false, open: () => undefined } as const;

const labels = (items: Item[]): unknown[] =>
  items.map((item) => (item.type === 'separator' ? '-' : Array.isArray(item.submenu) ? [item.label, labels(item.submenu)] : item.label));

test('the menu on Linux, in English', () => {
  expect(labels(menuTemplate({ ...surroundings, devTools: true }))).toEqual([
    ['File', ['Close Window', '-', 'Quit Podlab']],
    ['Edit', ['Undo', 'Redo', '-', 'Cut', 'Copy', 'Paste', 'Select All']],
    ['View', ['Reload', 'Developer Tools', '-', 'Actual Size', 'Zoom In', 'Zoom Out', '-', 'Full Screen']],
    ['Window', ['Minimize']],
    ['Help', ['Kubernetes: Images and Pull Policy', 'Kubernetes: Debugging Pods', 'Kubernetes: kubectl Commands', '-', 'About Podlab']],
  ]);
});

test('in Korean no word is left in English', () => {
  const korean = JSON.stringify(labels(menuTemplate({ ...surroundings, locale: 'ko-KR', platform: 'darwin', devTools: true })));
  expect(korean.replaceAll(/Podlab|Kubernetes|kubectl/g, '')).not.toMatch(/[A-Za-z]/);
});

test('a packaged app has no developer tools', () => {
  expect(JSON.stringify(menuTemplate(surroundings))).not.toContain('toggleDevTools');
});

const pages = ['concepts/containers/images/', 'tasks/debug/debug-application/debug-pods/', 'reference/kubectl/'];

test.for([
  ['en-GB', 'https://kubernetes.io/docs/'],
  ['ko', 'https://kubernetes.io/ko/docs/'],
  ['kok-IN', 'https://kubernetes.io/docs/'],
] as const)('Help in %s opens the documentation under %s', ([locale, documentation]) => {
  const opened: string[] = [];
  const help = menuTemplate({ ...surroundings, locale, open: (url) => opened.push(url) }).at(-1)?.submenu;
  for (const item of Array.isArray(help) ? help : []) (item.click as (() => void) | undefined)?.();
  expect(opened).toEqual(pages.map((page) => documentation + page));
});
