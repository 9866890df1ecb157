// What the shell and the engine's process say to each other beside the contract. To the engine: `open` comes first and once; `serve` brings
// one port; `close` is the last. The engine may not fork, so it has the shell fork the practice cluster's process; the shell hands on what
// the two say to each other, and there is at most one such process.
import type { FromPractice, ToPractice } from '../practice-link.ts';

export type EngineMessage =
  | { readonly type: 'open'; readonly kubeconfig?: string; readonly context?: string; readonly practice?: { readonly speed?: number } }
  | { readonly type: 'serve' }
  | { readonly type: 'practice-said'; readonly message: FromPractice }
  | { readonly type: 'practice-ended'; readonly code: number | null }
  | { readonly type: 'close' };

export type ShellMessage =
  | { readonly type: 'practice-fork' }
  | { readonly type: 'practice-tell'; readonly message: ToPractice }
  | { readonly type: 'practice-kill' };
