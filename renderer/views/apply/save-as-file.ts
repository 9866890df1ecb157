// A text as a file of the person's: the browser, or Electron's own dialog, asks where it goes.

/** Offers `text` under the name. */
export function saveAsFile(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  link.download = name;
  link.click();
  // The download has begun with what the address stood for.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
