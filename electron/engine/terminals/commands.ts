// The kubectl lines that open the same terminal.
import type { TerminalPlace, TerminalWay } from '../../../shared/contract/terminals.ts';
import { kubectl } from '../activity/shell-line.ts';

/** @param program what runs in it; `sh`, which most images have, while that is not known */
export function terminalCommands(place: TerminalPlace, way: TerminalWay, { program = 'sh', hasTerminal, takesInput }: { program?: string | undefined; hasTerminal: boolean; takesInput: boolean }): string[] {
  const { pod, container } = place;
  switch (way.kind) {
    case 'shell': return [kubectl(place, 'exec', '-it', pod, '-c', container, '--', program)];
    case 'attach': {
      const flags = `${takesInput ? 'i' : ''}${hasTerminal ? 't' : ''}`;
      return [kubectl(place, 'attach', ...(flags === '' ? [] : [`-${flags}`]), pod, '-c', container)];
    }
    case 'debug': return [kubectl(place, 'debug', '-it', pod, `--image=${way.image}`, '--image-pull-policy=IfNotPresent', `--target=${container}`, '--', 'sh')];
  }
}
