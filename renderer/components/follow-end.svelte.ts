// Keeps the end of a log in sight.
import type { Attachment } from 'svelte/attachments';

/** A scroll position this near to the end counts as the end. */
const NEAR = 24;

/** Scrolls to the end as what `shown` reads changes, unless the person scrolled up to read something else. */
export function followEnd(shown: () => unknown): Attachment<HTMLElement> {
  return (list) => {
    let isAtEnd = true;
    const note = () => (isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - NEAR);
    list.addEventListener('scroll', note);
    $effect(() => {
      shown();
      if (isAtEnd) list.scrollTop = list.scrollHeight;
    });
    return () => list.removeEventListener('scroll', note);
  };
}
