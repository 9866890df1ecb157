// Where the keyboard goes on when what had the focus is no longer there: a pressed button, a deleted row.
import type { Attachment } from 'svelte/attachments';

/** Calls `instead` when the element inside that had the focus was removed and nothing else has it; not when the person left it. */
export function whenFocusLost(instead: (inside: HTMLElement) => void): Attachment<HTMLElement> {
  return (inside) => {
    let last: HTMLElement | undefined;
    const enter = ({ target }: FocusEvent) => (last = target as HTMLElement);
    // Some browsers tell a removal as leaving, too: after this turn it is known which it was.
    const leave = ({ target }: FocusEvent) => queueMicrotask(() => (target === last && last?.isConnected ? (last = undefined) : undefined));
    const watching = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = undefined;
      if (document.activeElement === document.body) instead(inside);
    });
    inside.addEventListener('focusin', enter);
    inside.addEventListener('focusout', leave);
    watching.observe(inside, { childList: true, subtree: true });
    return () => {
      watching.disconnect();
      inside.removeEventListener('focusin', enter);
      inside.removeEventListener('focusout', leave);
    };
  };
}
