// What BuildKit tells of a build (moby/buildkit client/graph.go: SolveStatus), as steps and as text. A vertex is a step; it comes again
// whenever something about it has changed.
import { StringDecoder } from 'node:string_decoder';
import type { BuildStep } from '../../../shared/contract/build-step.ts';

export interface SolveStatus {
  readonly vertexes: readonly SolveVertex[];
  readonly logs: readonly { readonly vertex: string; readonly data: Uint8Array }[];
  readonly warnings: readonly string[];
}

export interface SolveVertex {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  /** Milliseconds since 1970. */
  readonly started?: number | undefined;
  readonly completed?: number | undefined;
  /** '' where there is none. */
  readonly error: string;
}

/** Another step failed, or somebody cancelled; it is not this one's fault. */
const STOPPED = /context canceled|context deadline exceeded|^canceled/i;

/** Tells each step when it has changed, and the text as `--progress=plain` has it: each step's lines under its name. */
export function solveSteps(onStep: (step: BuildStep) => void, onLog: (text: string) => void) {
  const numbers = new Map<string, number>();
  const told = new Map<string, string>();
  const spent = new Map<string, Map<number, number>>();
  const decoders = new Map<string, StringDecoder>();
  let speaking = '';
  let lineOpen = false;
  let failed: { readonly step: string; readonly error: string } | undefined;

  function say(vertex: string, text: string): void {
    if (!text) return;
    if (lineOpen && speaking !== vertex) onLog('\n');
    speaking = vertex;
    lineOpen = !text.endsWith('\n');
    onLog(text);
  }

  function readVertex(vertex: SolveVertex): void {
    const { digest, error } = vertex;
    if (!numbers.has(digest)) numbers.set(digest, numbers.size + 1);
    const step = stepOf(vertex, spent);
    const state = JSON.stringify(step);
    if (told.get(digest) === state) return;
    told.set(digest, state);
    const number = numbers.get(digest)!;
    if (step.state !== 'waiting' && speaking !== digest) say(digest, `#${number} ${vertex.name}\n`);
    if (step.state === 'failed') {
      failed ??= { step: step.instruction, error };
      say(digest, `${lineOpen ? '\n' : ''}#${number} ERROR: ${error}\n`);
    } else if (step.state === 'done' || step.state === 'cached') {
      say(digest, `${lineOpen ? '\n' : ''}#${number} ${step.state === 'cached' ? 'CACHED' : `DONE ${((step.milliseconds ?? 0) / 1000).toFixed(1)}s`}\n`);
    }
    onStep(step);
  }

  return {
    read({ vertexes, logs, warnings }: SolveStatus): void {
      for (const vertex of vertexes) readVertex(vertex);
      for (const { vertex, data } of logs) {
        if (!decoders.has(vertex)) decoders.set(vertex, new StringDecoder('utf8'));
        const text = decoders.get(vertex)!.write(Buffer.from(data));
        if (text && speaking !== vertex) say(vertex, `#${numbers.get(vertex) ?? '?'} ...\n`);
        say(vertex, text);
      }
      for (const warning of warnings) say('', `WARNING: ${warning}\n`);
    },
    /** The first step that failed by itself. */
    failed: () => failed,
  };
}

function stepOf({ digest, name, cached, started, completed, error }: SolveVertex, spent: Map<string, Map<number, number>>): BuildStep {
  // `[build 2/4] RUN make`: where it stands is told by its place; `[internal] ...` are BuildKit's own words.
  const step = { id: digest, instruction: name.replace(/^\[(?!internal\])[^\]]*\] /, '') };
  if (started === undefined) return { ...step, state: cached ? 'cached' : 'waiting' };
  if (completed === undefined) return { ...step, state: 'running' };
  // A step may be worked on several times, as "load build context" is.
  const times = spent.get(digest) ?? new Map<number, number>();
  spent.set(digest, times.set(started, completed - started));
  const milliseconds = Math.max(0, Math.round([...times.values()].reduce((sum, time) => sum + time, 0)));
  if (error) return STOPPED.test(error) ? { ...step, state: 'waiting' } : { ...step, state: 'failed', milliseconds };
  return { ...step, state: cached ? 'cached' : 'done', milliseconds };
}
