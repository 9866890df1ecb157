// Which key a press means, whatever the keyboard writes.

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'repeat' | 'isComposing' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** A press of its own: not with Ctrl, Alt or Meta, which are the browser's, and not a part of a letter that is being composed. */
export function isPlain({ isComposing, ctrlKey, altKey, metaKey }: Omit<Press, 'key' | 'code' | 'repeat' | 'shiftKey'>): boolean {
  return !isComposing && !ctrlKey && !altKey && !metaKey;
}

/**
 * The Latin letter of a press, in lower case. A layout of another script (ㅇ where D is) tells it by the key's place, `code` of UI Events.
 * Undefined for anything else, and for a key that is held: one press does one thing.
 */
export function letterOf(press: Press): string | undefined {
  if (!isPlain(press) || press.repeat || press.shiftKey) return undefined;
  if (/^[a-z]$/i.test(press.key)) return press.key.toLowerCase();
  if (/^[\x20-\x7e]$/.test(press.key)) return undefined;
  return /^Key([A-Z])$/.exec(press.code)?.[1]?.toLowerCase();
}

/** Whether `/` was pressed where it is no text. */
export function isFilterKey(event: KeyboardEvent): boolean {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable="true"]') !== null;
  return event.key === '/' && isPlain(event) && !isTyping && document.querySelector('dialog[open]') === null;
}
