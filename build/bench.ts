// npm run bench -- NAME [--json]: runs test/bench/NAME.ts, which compares Podlab with the tool that does the same; what it measures is printed
// as lines, or as one JSON object, and what goes on meanwhile to stderr.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

/** What a file of test/bench exports as `bench`. */
interface BenchModule {
  bench(tell: (text: string) => void): Promise<BenchResult>;
}
export interface BenchResult {
  /** Why nothing was measured. */
  readonly skipped?: string;
  /** Median times, and how many times as long the other takes: above 1, Podlab is the faster. */
  readonly measured?: readonly { readonly what: string; readonly podlabMs: number; readonly otherMs: number; readonly ratio: number; readonly aim: number; readonly pairs: number }[];
  /** Median times that stand beside no other. */
  readonly times?: readonly { readonly what: string; readonly ms: number; readonly aimMs: number }[];
}

const folder = path.join(root, 'test/bench');
const names = readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3));
const [name, ...options] = process.argv.slice(3).filter((word) => word !== '--json');
if (name === undefined || !names.includes(name) || options.length > 0) {
  process.stderr.write(`npm run bench -- NAME [--json], where NAME is one of: ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const { bench } = (await import(pathToFileURL(path.join(folder, `${name}.ts`)).href)) as BenchModule;
  const result = await bench((text) => process.stderr.write(`${text}\n`));
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ name, ...result })}\n`);
  else process.stdout.write(`${name}: ${result.skipped ? `skipped: ${result.skipped}` : ''}${(result.measured ?? []).map(line).join('')}${(result.times ?? []).map(timeLine).join('')}\n`);
}

function line({ what, podlabMs, otherMs, ratio, aim, pairs }: NonNullable<BenchResult['measured']>[number]): string {
  return `\n  ${what}: ${ratio.toFixed(2)}x (aim ${aim}x); Podlab ${Math.round(podlabMs)} ms, the other ${Math.round(otherMs)} ms, median of ${pairs} pairs`;
}

function timeLine({ what, ms, aimMs }: NonNullable<BenchResult['times']>[number]): string {
  return `\n  ${what}: ${Math.round(ms)} ms (aim ${aimMs} ms)`;
}
