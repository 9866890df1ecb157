// What a Dockerfile offers to choose from: its named stages, and its ARGs with their defaults. Read as BuildKit's parser does
// (https://docs.docker.com/reference/dockerfile/): comments, the `escape` directive, lines that go on, here-documents.
import { readFile } from 'node:fs/promises';
import type { BuildContext } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';

export interface DockerfileOutline extends Pick<BuildContext, 'stages' | 'arguments'> {}

/** Throws FILE_UNREADABLE; what is no Dockerfile at all has neither stages nor ARGs. */
export async function readDockerfileOutline(file: string): Promise<DockerfileOutline> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => { throw new Failure('FILE_UNREADABLE', { file }, error); });
  return dockerfileOutline(text);
}

export function dockerfileOutline(text: string): DockerfileOutline {
  const stages: string[] = [];
  const found = new Map<string, string | undefined>();
  for (const instruction of instructions(text)) {
    const [, keyword = '', rest = ''] = /^\s*(\w+)\s+(.*)$/s.exec(instruction) ?? [];
    if (/^from$/i.test(keyword)) {
      const name = /\sas\s+(\S+)\s*$/i.exec(rest)?.[1];
      if (name) stages.push(name);
    } else if (/^arg$/i.test(keyword)) {
      for (const [, name, value] of rest.matchAll(/([A-Za-z_]\w*)(?:=((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])*))?(?=\s|$)/g)) {
        // An ARG before FROM is often said again, without its default, in a stage that uses it.
        if (name && found.get(name) === undefined) found.set(name, value?.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''));
      }
    }
  }
  return { stages, arguments: [...found].map(([name, value]) => ({ name, ...(value !== undefined && { default: value }) })) };
}

function* instructions(text: string): Generator<string> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escape = /^#\s*escape\s*=\s*`/i.test(lines.find(line => !/^#\s*\w+\s*=/.test(line) || /^#\s*escape/i.test(line)) ?? '') ? /`[ \t]*$/ : /\\[ \t]*$/;
  let current = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    if (/^\s*(#|$)/.test(line)) continue; // a comment or an empty line does not end an instruction
    current += current ? ` ${line.trim()}` : line;
    if (escape.test(line)) {
      current = current.replace(escape, '');
      continue;
    }
    // RUN and COPY take here-documents: what is in them is no instruction.
    if (/^\s*(run|copy|add)\s/i.test(current)) {
      for (const [, , end] of current.matchAll(/(?<!<)<<-?(["']?)([A-Za-z_]\w*)\1/g)) {
        while (index + 1 < lines.length && lines[++index]!.trim() !== end);
      }
    }
    yield current;
    current = '';
  }
  if (current) yield current;
}
