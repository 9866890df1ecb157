// The whole bridge between the shell and its page: what is said about the engine's port, and nothing else.

export const channels = {
  /** Page to shell: hand me a port to the engine. No arguments. */
  requestPort: 'podlab:request-port',
  /** Shell to page, with one MessagePort. Also sent unasked when the engine was started again. */
  port: 'podlab:port',
  /** Shell to page: the engine's process ended, its port is dead, a new one will follow. */
  engineLost: 'podlab:engine-lost',
} as const;
