// For tests: what happens, one thing after the other, to be waited for.
export interface Happenings<Value> {
  push(value: Value): void;
  next(): Promise<Value>;
  /** How many have happened that nobody asked for yet. */
  readonly waiting: number;
}

export function happenings<Value>(): Happenings<Value> {
  const values: Value[] = [];
  let wake = () => {};
  return {
    push: (value) => { values.push(value); wake(); },
    get waiting() { return values.length; },
    async next() {
      while (values.length === 0) await new Promise<void>((resolve) => { wake = resolve; });
      return values.shift()!;
    },
  };
}
