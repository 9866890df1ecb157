// How the pods of the chosen namespace are doing, on every screen, and the notification when one turns failing.
import type { PodsHealth } from '../../shared/contract/health.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.ts';
import { live } from './live.svelte.ts';
import { remember, remembered } from './remembered.ts';
import { go } from './route.svelte.ts';
import { say, sayMessage } from './say.ts';
import { turnedFailing, type FailingSeen } from './turned-failing.ts';

const NAME = 'notify-failing';
/** One moment may break many pods: more notifications than this say nothing more. */
const MOST = 3;

class PodsHealthState {
  readonly watched = $derived.by(() => {
    void app.world; // a context of the same name in the other world is another cluster
    return app.context === undefined ? undefined : live(engine.health.watch, { context: app.context, namespace: app.namespace });
  });
  /** Undefined while nothing is known that is not old. */
  readonly latest = $derived<PodsHealth | undefined>(app.connection.state === 'live' && this.watched?.failure === undefined ? this.watched?.latest : undefined);
  readonly failing = $derived(this.latest?.failing ?? 0);
  #wanted = $state(remembered(NAME) === 'yes');
  #allowed = $state(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  #seen: FailingSeen | undefined;

  /** Whether the person asked for it and the browser lets it be. */
  readonly notifies = $derived(this.#wanted && this.#allowed === 'granted');
  /** The browser was told never to ask again. */
  readonly isDenied = $derived(this.#allowed === 'denied');

  async toggle(): Promise<void> {
    const wanted = !this.notifies;
    if (wanted && this.#allowed === 'default') this.#allowed = await Notification.requestPermission();
    this.#wanted = wanted;
    remember(NAME, wanted ? 'yes' : undefined);
  }

  /** To be called in an effect: tells of what turned failing since the last call. */
  tell(): void {
    const { latest, notifies } = this;
    if (!latest) return;
    const { seen, turned } = turnedFailing(this.#seen, `${app.world} ${app.context ?? ''} ${app.namespace}`, latest);
    this.#seen = seen;
    if (!notifies) return;
    for (const { namespace, name, uid, headline } of turned.slice(0, MOST)) {
      const notification = new Notification(say('notify.title', { pod: name }), { tag: uid, body: headline ? sayMessage(headline) : say('notify.body') });
      notification.addEventListener('click', () => {
        window.focus();
        go('pods', namespace, name);
      });
    }
  }
}

export const podsHealth = new PodsHealthState();
