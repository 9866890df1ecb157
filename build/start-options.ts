import { parseArgs } from 'node:util';
import { FASTEST } from '../shared/contract/environment.ts';

export interface StartOptions {
  browser: boolean;
  /** 0 for any free one. */
  port: number;
  open: boolean;
  help: boolean;
  kubeconfig?: string;
  context?: string;
  /** Begin with the practice cluster. */
  practice?: { speed?: number };
}

export const usage = `npm start -- [--browser] [--port N] [--no-open] [--kubeconfig FILE] [--context NAME] [--practice [--speed N]]
  --browser          in the browser, even where Electron's window could open
  --port N           the browser shell's port on 127.0.0.1 (any free one when left out)
  --no-open          print the address, open no browser
  --kubeconfig FILE  instead of KUBECONFIG and ~/.kube/config
  --context NAME     the context to begin with, instead of the kubeconfig's own
  --practice         begin with the practice cluster: no Docker and no cluster needed, kept in memory
  --speed N          the practice cluster waits N times shorter than a real one (1 to 100)`;

/** The flags of `npm start`, or one sentence about the first that is wrong. */
export function parseStart(args: string[]): { options: StartOptions } | { problem: string } {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      allowPositionals: false,
      options: {
        browser: { type: 'boolean', default: false },
        port: { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        practice: { type: 'boolean', default: false },
        speed: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    const words = error instanceof Error ? (error.message.split(/[.\n]/, 1)[0] ?? error.message) : String(error);
    return { problem: `${words}: the flags are --browser, --port N, --no-open, --kubeconfig FILE, --context NAME, --practice and --speed N.` };
  }
  const { port = '0', kubeconfig, context, practice, speed } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return { problem: `--port ${port} is not a port: it must be a number from 1 to 65535.` };
  for (const [flag, value] of Object.entries({ kubeconfig, context })) {
    if (value === '') return { problem: `--${flag} needs a value.` };
  }
  if (speed !== undefined && !practice) return { problem: '--speed needs --practice.' };
  if (speed !== undefined && !(Number(speed) >= 1 && Number(speed) <= FASTEST)) {
    return { problem: `--speed ${speed} is not a speed: it must be a number from 1 to ${FASTEST}.` };
  }
  return {
    options: {
      browser: values.browser,
      port: Number(port),
      open: !values['no-open'],
      help: values.help,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(practice ? { practice: speed === undefined ? {} : { speed: Number(speed) } } : {}),
    },
  };
}
