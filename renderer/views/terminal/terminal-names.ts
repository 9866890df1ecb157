// What the tabs of terminals are called.
import type { TerminalRow } from '../../../shared/contract/terminals.ts';

type Named = Pick<TerminalRow, 'id' | 'container' | 'program' | 'way'>;

/**
 * `sh · app`; those that would have the same name are counted: `sh · app (2)`. By id.
 * @param wordOf what one is called whose program is not known yet
 */
export function terminalNames(rows: readonly Named[], wordOf: (kind: TerminalRow['way']['kind']) => string): ReadonlyMap<string, string> {
  const seen = new Map<string, number>();
  return new Map(rows.map((row) => {
    const name = `${programName(row) ?? wordOf(row.way.kind)} · ${row.container}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [row.id, count === 1 ? name : `${name} (${count})`];
  }));
}

/** `sh` of /bin/sh; undefined while it is not known, and where it says nothing: what is attached to is the container's own. */
function programName({ program, way }: Named): string | undefined {
  return way.kind === 'attach' ? undefined : program?.split('/').at(-1);
}
