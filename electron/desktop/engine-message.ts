// What the shell tells the engine's process. `open` comes first and once; `serve` brings one port; `close` is the last.

export type EngineMessage =
  | { readonly type: 'open'; readonly kubeconfig?: string; readonly context?: string }
  | { readonly type: 'serve' }
  | { readonly type: 'close' };
