// A line for a POSIX shell, as Podlab writes them, for PowerShell on Windows: the one that comes with it (5.1) and 7.
// What differs: `'` is doubled between single quotes (about_Quoting_Rules); 5.1 hands `"` and an empty word to programs without their quotes, so such
// lines go as they are after `--%` (about_Parsing), quoted by the rules of C programs; 5.1 writes UTF-16 into `>` and decodes what passes a `|`,
// so both are left to cmd, which does not touch bytes; and a here-document is a here-string, for which `$OutputEncoding` has to be UTF-8.

interface Parsed {
  /** Programs, each one's output the next one's input. */
  readonly pipeline: readonly (readonly string[])[];
  readonly environment: readonly (readonly [string, string])[];
  readonly file: string | undefined;
  readonly text: string | undefined;
}

/** The same for PowerShell; undefined for what this does not read (another form of shell line) or cannot say. */
export function powershellLine(line: string): string | undefined {
  if (line.startsWith('#')) return line;
  const parsed = parse(line);
  const [first] = parsed?.pipeline ?? [];
  if (!parsed || !first) return undefined;
  const { pipeline, environment, file, text } = parsed;
  const isBytes = pipeline.length > 1 || file !== undefined;
  if (isBytes && text !== undefined) return undefined;
  const call = isBytes ? throughCmd(pipeline, file) : words(first);
  if (call === undefined) return undefined;
  const fed = text === undefined ? call : `${hereString(text)} | ${call}`;
  const said = environment.reduce((inner, [name, value]) => `& { $before = $env:${name}; $env:${name} = ${quoted(value)}; ${inner}\n$env:${name} = $before }`, fed);
  return text !== undefined && /[\u0080-\uffff]/.test(text) ? `$OutputEncoding = [System.Text.UTF8Encoding]::new($false)\n${said}` : said;
}

/** Not `,` (a list), `@` and `%`; a word with `-` before and `.` or `:` in it would be cut in two. */
const PLAIN = /^(?!-.*[.:])[A-Za-z0-9_+=:./\\-]+$/;
/** What 5.1 would hand on otherwise than it is. */
const SPOILT = /^$|"|\s.*\\$/s;

function words([program = '', ...rest]: readonly string[]): string | undefined {
  const name = PLAIN.test(program) ? program : `& ${quoted(program)}`;
  if (!rest.some((word) => SPOILT.test(word))) return [name, ...rest.map((word) => (PLAIN.test(word) ? word : quoted(word)))].join(' ');
  // What follows `--%` ends with the line.
  return rest.some((word) => /[\r\n]/.test(word)) ? undefined : [name, '--%', ...rest.map(forC)].join(' ');
}

/** PowerShell takes the typographic ones for quotes as well. */
const quoted = (text: string) => `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;

/** As the C runtime's argv splits it ("Parsing C command-line arguments"). */
const forC = (word: string) =>
  (/^[A-Za-z0-9_@+=:,./\\-]+$/.test(word) ? word : `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`);

function throughCmd(pipeline: Parsed['pipeline'], file: string | undefined): string | undefined {
  if ([...pipeline.flat(), file ?? ''].some((word) => /[\r\n]/.test(word))) return undefined;
  const typed = pipeline.map((program) => program.map((word) => forCmd(forC(word))).join(' ')).join(' | ');
  return `cmd /c ${quoted(file === undefined ? typed : `${typed} > ${forCmd(forC(file))}`)}`;
}

/** cmd knows no `\"`: to it every `"` begins or ends a quote, and outside of one these characters mean something. */
function forCmd(word: string): string {
  let isQuote = false;
  return word.replaceAll(/["&|<>^]/g, (character) => {
    if (character === '"') isQuote = !isQuote;
    return character === '"' || isQuote ? character : `^${character}`;
  });
}

/** A line that begins with `'@` would end it: then a plain string, which may have line breaks as well. */
const hereString = (text: string) => (/^['\u2018-\u201b]@/m.test(text) ? quoted(text) : `@'\n${text}\n'@`);

/** The forms of electron/engine/activity/shell-line.ts, and the variables and `printf` that lines for kind have. */
function parse(whole: string): Parsed | undefined {
  const here = /^([^\n]*) <<'(\w+)'\n([\s\S]*)\n\2$/.exec(whole);
  const line = here?.[1] ?? whole;
  const pipeline: string[][] = [];
  const environment: [string, string][] = [];
  let current: string[] = [];
  let file: string | undefined;
  let isFile = false;
  const token = /\s+|([|>])|((?:[^\s'"\\|<>&;$`()*?#~!{}[\]]|[~#](?<!\s.)|\\[^\n]|'[^']*')+)/gy;
  while (token.lastIndex < line.length) {
    const match = token.exec(line);
    if (!match) return undefined;
    const [, operator, raw] = match;
    if (raw !== undefined) {
      const word = raw.replaceAll(/\\(.)|'([^']*)'/g, '$1$2');
      const variable = /^([A-Z_]+)=/.exec(raw)?.[1];
      if (isFile) [file, isFile] = [word, false];
      else if (variable !== undefined && current.length === 0) environment.push([variable, word.slice(variable.length + 1)]);
      else current.push(word);
    } else if (operator === '|') {
      pipeline.push(current);
      current = [];
    } else if (operator === '>') isFile = true;
  }
  pipeline.push(current);
  if (isFile || pipeline.some((program) => program.length === 0)) return undefined;
  const [printf, format] = pipeline[0] ?? [];
  if (printf !== 'printf' || format === undefined) return { pipeline, environment, file, text: here?.[3] };
  return { pipeline: pipeline.slice(1), environment, file, text: format.replaceAll('\\n', '\n').replace(/\n$/, '') };
}
