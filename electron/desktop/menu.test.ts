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

test.for<[string, string[]]>([
  ['en-GB', ['https://kubernetes.io/docs/concepts/containers/images/', 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/', 'https://kubernetes.io/docs/reference/kubectl/']],
  ['ko', ['https://kubernetes.io/ko/docs/concepts/containers/images/', 'https://kubernetes.io/ko/docs/tasks/debug/debug-application/debug-pods/', 'https://kubernetes.io/ko/docs/reference/kubectl/']],
  ['kok-IN', ['https://kubernetes.io/docs/concepts/containers/images/', 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/', 'https://kubernetes.io/docs/reference/kubectl/']],
])('Help in %s opens the documentation', ([locale, expected]) => {
  const opened: string[] = [];
  const help = menuTemplate({ ...surroundings, locale, open: (url) => opened.push(url) }).at(-1)?.submenu;
  for (const item of Array.isArray(help) ? help : []) (item.click as (() => void) | undefined)?.();
  expect(opened).toEqual(expected);
});
