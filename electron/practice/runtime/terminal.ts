// A terminal as the kernel has it between a person and a program (termios, cooked mode): it echoes, knows backspace, and gives the program whole
// lines; Ctrl-C interrupts, Ctrl-D ends the input, and what the program writes gets a carriage return before each line end.
import { createPipe, type Input, type Output } from './pipe.ts';

export interface Terminal {
  /** What is typed goes here. */
  readonly keyboard: Output;
  /** What the program reads. */
  readonly input: Input;
  readonly programOutput: Output;
  columns: number;
  rows: number;
  resize(columns: number, rows: number): void;
}

/** What the kernel takes of one line (N_TTY_BUF_SIZE). */
const longestLine = 4096;

export function createTerminal({ output, interrupt }: { output: Output; interrupt: () => void }): Terminal {
  const pipe = createPipe();
  let line = '';
  let escape: '' | 'begun' | 'csi' = '';
  const decoder = new TextDecoder();

  /** What to do for one character; gives what is shown for it. */
  const type = async (character: string): Promise<string> => {
    if (escape !== '') {
      // Arrow and function keys: there is no history here, and their codes would only stain the line.
      if (escape === 'begun') escape = character === '[' || character === 'O' ? 'csi' : '';
      else if (/[@-~]/.test(character)) escape = '';
      return '';
    }
    switch (character) {
      case '\u001B':
        escape = 'begun';
        return '';
      case '\r':
      case '\n': {
        const whole = `${line}\n`;
        line = '';
        // The echo stands before what the program answers.
        await output.write('\r\n');
        await pipe.output.write(whole).catch(() => {});
        return '';
      }
      case '\u007F':
      case '\b': {
        const letters = Array.from(line);
        if (letters.length === 0) return '';
        letters.pop();
        line = letters.join('');
        return '\b \b';
      }
      case '\u0015': {
        const shown = '\b \b'.repeat(Array.from(line).length);
        line = '';
        return shown;
      }
      case '\u0003':
        line = '';
        await output.write('^C');
        interrupt();
        return '';
      case '\u0004':
        if (line === '') pipe.output.close();
        else {
          await pipe.output.write(line).catch(() => {});
          line = '';
        }
        return '';
      case '\u000C':
        return '';
      default:
        if (line.length >= longestLine || (character < ' ' && character !== '\t')) return '';
        line += character;
        return character;
    }
  };

  const terminal: Terminal = {
    columns: 80,
    rows: 24,
    input: pipe.input,
    keyboard: {
      async write(data) {
        let shown = '';
        for (const character of decoder.decode(typeof data === 'string' ? Buffer.from(data) : data, { stream: true })) {
          const next = '\r\n\u0003\u0004'.includes(character) && shown !== '';
          if (next) {
            await output.write(shown);
            shown = '';
          }
          shown += await type(character);
        }
        if (shown !== '') await output.write(shown);
      },
      close: () => pipe.output.close(),
    },
    programOutput: {
      write: (data, signal) => output.write(withCarriageReturns(data), signal),
      close: () => {},
    },
    resize(columns, rows) {
      terminal.columns = columns;
      terminal.rows = rows;
    },
  };
  return terminal;
}

function withCarriageReturns(data: string | Buffer): string | Buffer {
  if (typeof data === 'string') return data.replaceAll('\n', '\r\n');
  // Bytes as they are: a chunk may end inside a character.
  return data.includes(10) ? Buffer.from(data.toString('latin1').replaceAll('\n', '\r\n'), 'latin1') : data;
}
