import { expect, test } from 'vitest';
import { dockerfileOutline } from './dockerfile-outline.ts';

test.each<[what: string, dockerfile: string, stages: readonly string[], args: Readonly<Record<string, string | undefined>>]>([
  ['nothing', '', [], {}],
  ['a plain one', 'FROM scratch\nCOPY . /\n', [], {}],
  ['stages in any case', 'from golang:1.24 as build\nFROM --platform=$BUILDPLATFORM alpine AS Tool\nFROM scratch\n', ['build', 'Tool'], {}],
  ['ARGs with and without defaults', 'ARG VERSION=1.2\nFROM scratch\nARG USER\nARG A=1 B\n', [], { VERSION: '1.2', USER: undefined, A: '1', B: undefined }],
  ['an ARG said again in a stage keeps its default', 'ARG V=3\nFROM scratch\nARG V\n', [], { V: '3' }],
  ['quoted defaults', `FROM scratch\nARG A="two words" B='$C'"d" E=\n`, [], { A: 'two words', B: '$Cd', E: '' }],
  ['lines that go on, with comments between', 'FROM scratch \\\n# not the end\n\n  AS \\\n  final\n', ['final'], {}],
  ['another escape character', '# escape=`\nFROM scratch `\n  AS win\nARG P=C:\\\nARG Q\n', ['win'], { P: 'C:\\', Q: undefined }],
  ['here-documents', 'FROM scratch\nRUN <<EOT\nFROM no AS no\nARG no\nEOT\nCOPY <<-"A" <<B /x/\nARG a\nA\nARG b\nB\nARG yes\n', [], { yes: undefined }],
  ['CRLF and a BOM', '\uFEFFFROM scratch AS a\r\nARG x=1\r\n', ['a'], { x: '1' }],
  ['words that only look like it', 'FROM scratch\nLABEL text="FROM x AS y"\n# ARG no\nRUN echo ARG no\n', [], {}],
])('%s', (_what, dockerfile, stages, args) => {
  expect(dockerfileOutline(dockerfile)).toEqual({
    stages, arguments: Object.entries(args).map(([name, value]) => ({ name, ...(value !== undefined && { default: value }) })),
  });
});
