// Where the person is, kept in the address, so that a reload keeps the place: #/pods/NAMESPACE/NAME, #/http/forward/ID.

export const screens = ['pods', 'images', 'forwards', 'http', 'cluster'] as const;
export type Screen = (typeof screens)[number];
export interface Route {
  readonly screen: Screen;
  /** What follows the screen's name. */
  readonly parts: readonly string[];
}

/** The route of an address's hash; what is unknown is the Pods screen. */
export function parseRoute(hash: string): Route {
  const [name, ...parts] = hash.replace(/^#?\/?/, '').split('/').filter((part) => part !== '').map(decode);
  const screen = screens.find((known) => known === name);
  return screen ? { screen, parts } : { screen: 'pods', parts: [] };
}

/** The address of a place, for a link's href. */
export function hrefOf(screen: Screen, ...parts: string[]): string {
  return `#/${[screen, ...parts].map(encodeURIComponent).join('/')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let current = $state.raw<Route>(parseRoute(typeof location === 'undefined' ? '' : location.hash));
if (typeof window !== 'undefined') window.addEventListener('hashchange', () => (current = parseRoute(location.hash)));

/** The present place; reactive. */
export function route(): Route {
  return current;
}

/** Goes there; the route is the new one at once, not only after the browser's event. */
export function go(screen: Screen, ...parts: string[]): void {
  location.hash = hrefOf(screen, ...parts);
  current = parseRoute(location.hash);
}
