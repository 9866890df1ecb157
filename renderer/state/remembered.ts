// What a person chose, kept by the browser. A browser that keeps nothing (private mode) only forgets.

/** The remembered text, or undefined. */
export function remembered(name: string): string | undefined {
  return read(() => localStorage, name);
}

/** The same for this page alone: a reload keeps it, another start of Podlab does not. */
export function rememberedHere(name: string): string | undefined {
  return read(() => sessionStorage, name);
}

/** Remembers a text for this page alone. */
export function rememberHere(name: string, value: string): void {
  write(() => sessionStorage, name, value);
}

/** Remembers a text; undefined forgets it. */
export function remember(name: string, value: string | undefined): void {
  write(() => localStorage, name, value);
}

// Even to look at the storage may throw, so it is handed over unopened.
function read(storage: () => Storage, name: string): string | undefined {
  try {
    return storage().getItem(`podlab.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(storage: () => Storage, name: string, value: string | undefined): void {
  try {
    if (value === undefined) storage().removeItem(`podlab.${name}`);
    else storage().setItem(`podlab.${name}`, value);
  } catch {
    // The choice holds until the page is closed.
  }
}
