// What the engine implements: the contract's calls as plain functions, so that nothing in the engine knows the transport.
import type { contract, Inputs, Outputs } from '../../shared/contract/contract.ts';

export type Subject = keyof typeof contract;
export type Call<S extends Subject> = keyof (typeof contract)[S];
export type Input<S extends Subject, C> = C extends keyof Inputs[S] ? Inputs[S][C] : never;
type Output<S extends Subject, C> = C extends keyof Outputs[S] ? Outputs[S][C] : never;

/** One call: its validated input and a signal that aborts when the caller went away; a promise, or a stream of events. */
export type Handler<S extends Subject, C> = (
  input: Input<S, C>,
  signal: AbortSignal,
) => Output<S, C> extends AsyncIterable<infer Event> ? AsyncGenerator<Event, void, void> : Promise<Output<S, C>>;

export type EngineCalls = { [S in Subject]: { [C in Call<S>]: Handler<S, C> } };
