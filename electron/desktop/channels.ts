// The whole bridge between the shell and its page: what is said about the engine's port, and nothing else.

export const channels = {
  /** Page to shell: hand me a port to the engine. No arguments. */
  requestPort: 'podlab:request-port',
  /** Shell to page, with one MessagePort: the answer to a request, late when the engine has to be started again first. */
  port: 'podlab:port',
  /** Shell to page: the engine's process ended, its port is dead and another has to be asked for. */
  engineLost: 'podlab:engine-lost',
} as const;
