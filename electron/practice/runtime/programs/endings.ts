// The programs of the catalogue that end.
import type { Program } from '../program.ts';
import { endOnTerm, option } from './servers.ts';

/** Ends with a code: from its first argument, else EXIT_CODE, else 1. */
export const crash: Program = async (context) => {
  endOnTerm(context);
  const given = context.argv.slice(1).find((word) => /^\d+$/.test(word)) ?? context.env.get('EXIT_CODE') ?? '1';
  const code = Number(given) & 255;
  await context.stdout.write('starting\nreading configuration from the environment\n');
  await context.sleep(option(context, 'after', 'CRASH_AFTER_MS', 500));
  if (code === 0) return 0;
  await context.stderr.write(
    `error: cannot open the database: DATABASE_URL is not set\n    at connect (/app/database.js:12:11)\n    at main (/app/main.js:5:3)\ngiving up with code ${String(code)}\n`,
  );
  return code;
};

/** Takes memory step by step until it is killed. */
export const outOfMemory: Program = async (context) => {
  endOnTerm(context);
  const step = option(context, 'step', 'STEP_MIB', 8);
  for (let taken = step; ; taken += step) {
    await context.takeMemory(step * 1024 * 1024);
    await context.stdout.write(`using ${String(taken)} MiB\n`);
    await context.sleep(100);
  }
};

/** Does a little work and ends normally. */
export const job: Program = async (context) => {
  endOnTerm(context);
  const steps = option(context, 'steps', 'STEPS', 3);
  await context.stdout.write('job started\n');
  for (let done = 1; done <= steps; done += 1) {
    await context.sleep(500);
    await context.stdout.write(`step ${String(done)} of ${String(steps)} done\n`);
  }
  await context.stdout.write('job finished\n');
  return 0;
};

/** The program of a pod's sandbox: waits. */
export const pause: Program = (context) =>
  new Promise((resolve) => {
    context.onSignal('TERM', () => resolve(0));
    context.onSignal('INT', () => resolve(0));
  });
