// Whether the engine can be spoken to. Its own file, because engine.ts is plain and a screen must react to this.

/** connecting: not yet answered. open: calls go through. lost: it answered once, or never did; it is tried again. */
export const engineLink = $state<{ state: 'connecting' | 'open' | 'lost'; since: string }>({
  state: 'connecting',
  since: new Date().toISOString(),
});

/** Notes a new state; the same state again keeps its time. */
export function setEngineLink(state: typeof engineLink.state): void {
  if (engineLink.state === state) return;
  engineLink.state = state;
  engineLink.since = new Date().toISOString();
}
