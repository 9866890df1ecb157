// What a person chose, kept by the browser. A browser that keeps nothing (private mode) only forgets.

/** The remembered text, or undefined. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`podlab.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a text; undefined forgets it. */
export function remember(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`podlab.${name}`);
    else localStorage.setItem(`podlab.${name}`, value);
  } catch {
    // The choice holds until the page is closed.
  }
}
