// Something shown as a file of the person's: the browser, or Electron's own dialog, asks where it goes.

/** Offers `content` under the name. */
export function saveAsFile(name: string, content: string | Uint8Array<ArrayBuffer>, type = 'application/yaml'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  // The download has begun with what the address stood for.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
