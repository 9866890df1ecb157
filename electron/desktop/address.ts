// Where the page lives in the desktop shell. A scheme of its own instead of file://: the page then has an origin to check against.

export const appScheme = 'app';
export const appHost = 'podlab';
/** The page's origin, as Electron's WebFrameMain.origin prints it for a standard scheme. */
export const appOrigin = `${appScheme}://${appHost}`;
export const startPage = `${appOrigin}/index.html`;

/** Whether a URL is one of the app's own pages. Compared by its parts: `app://podlab.example.org` begins like our origin, too. */
export function isOwnPage(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === `${appScheme}:` && url.host === appHost && url.username === '' && url.password === '';
}

/** The URL in its normal form if a browser may be asked to open it: https, no credentials in it; else undefined. */
export function externalAddress(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : undefined;
}
