// The flags of the command line that the shell knows. Chromium reads the same line, so what is not ours is left alone.
import path from 'node:path';
import { FASTEST } from '../../shared/contract/environment.ts';

export interface LaunchOptions {
  /** Absolute path of the kubeconfig to use instead of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Begin with the practice cluster. */
  readonly practice?: { readonly speed?: number };
}

/**
 * Reads `--kubeconfig FILE`, `--context NAME` and `--speed N` (or with `=`) and `--practice` from the arguments after the program's own.
 * @throws Error with one sentence when a flag has no value or a wrong one, or is given twice
 */
export function launchOptions(args: readonly string[], directory: string): LaunchOptions {
  const kubeconfig = valueOf('--kubeconfig', args);
  const context = valueOf('--context', args);
  const practice = practiceOf(args);
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(directory, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    ...(practice === undefined ? {} : { practice }),
  };
}

function practiceOf(args: readonly string[]): LaunchOptions['practice'] {
  const text = valueOf('--speed', args);
  if (!args.includes('--practice')) {
    if (text !== undefined) throw new Error('--speed needs --practice.');
    return undefined;
  }
  if (text === undefined) return {};
  const speed = Number(text);
  if (!(speed >= 1 && speed <= FASTEST)) throw new Error(`--speed ${text} is not a speed: it must be a number from 1 to ${FASTEST}.`);
  return { speed };
}

function valueOf(flag: string, args: readonly string[]): string | undefined {
  const values = args.flatMap((argument, index) => {
    if (argument.startsWith(`${flag}=`)) return [argument.slice(flag.length + 1)];
    if (argument !== flag) return [];
    const next = args[index + 1];
    return [next === undefined || next.startsWith('--') ? '' : next];
  });
  if (values.length > 1) throw new Error(`${flag} is given ${values.length} times.`);
  if (values[0] === '') throw new Error(`${flag} needs a value.`);
  return values[0];
}
