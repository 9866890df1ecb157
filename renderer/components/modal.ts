// A dialog as the browser draws it: showModal is its own focus trap, and Escape closes it.

/** Opens the dialog that it is attached to; the focus goes back to where it was when the dialog goes. */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    dialog.close();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
