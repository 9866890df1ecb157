// A clock that ticks while something on screen shows an age.
import { createSubscriber } from 'svelte/reactivity';

let now = Date.now();
const subscribe = createSubscriber((update) => {
  const timer = setInterval(() => {
    now = Date.now();
    update();
  }, 1000);
  return () => clearInterval(timer);
});

/** The time in milliseconds, one second exact; whoever reads it is drawn anew as it ticks. */
export function clock(): number {
  subscribe();
  return Math.max(now, Date.now());
}
