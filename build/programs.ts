import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './setup.mjs';

export interface Step {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** The path of a program that an npm dependency brings. */
export const bin = (name: string) => path.join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * Runs the steps one after the other from the project's root, all of them even when one fails, with one line for each at the end.
 * @param steps those of a list run beside one another, their lines mixed
 * @returns whether all ended well
 */
export async function runAll(steps: (Step | Step[])[]): Promise<boolean> {
  const results: { name: string; isGood: boolean; seconds: string }[] = [];
  for (const step of steps) {
    await Promise.all([step].flat().map(async ({ name, command, args, env }) => {
      process.stdout.write(`\n== ${name}\n`);
      const started = Date.now();
      const isGood = (await runOne(command, args, env)) === 0;
      results.push({ name, isGood, seconds: ((Date.now() - started) / 1000).toFixed(1) });
    }));
  }
  process.stdout.write('\n');
  for (const { name, isGood, seconds } of results) process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
  return results.every(({ isGood }) => isGood);
}

function runOne(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, shell: process.platform === 'win32',
    });
    const stop = (signal: NodeJS.Signals) => void child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.on(signal, stop);
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code) => {
      for (const signal of signals) process.off(signal, stop);
      resolve(code ?? 1);
    });
  });
}
