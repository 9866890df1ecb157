import { parseArgs } from 'node:util';

export interface StartOptions {
  browser: boolean;
  /** 0 for any free one. */
  port: number;
  open: boolean;
  help: boolean;
  kubeconfig?: string;
  context?: string;
}

export const usage = `npm start -- [--browser] [--port N] [--no-open] [--kubeconfig FILE] [--context NAME]
  --browser          in the browser, even where Electron's window could open
  --port N           the browser shell's port on 127.0.0.1 (any free one when left out)
  --no-open          print the address, open no browser
  --kubeconfig FILE  instead of KUBECONFIG and ~/.kube/config
  --context NAME     the context to begin with, instead of the kubeconfig's own`;

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
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    const words = error instanceof Error ? (error.message.split(/[.\n]/, 1)[0] ?? error.message) : String(error);
    return { problem: `${words}: the flags are --browser, --port N, --no-open, --kubeconfig FILE and --context NAME.` };
  }
  const { port = '0', kubeconfig, context } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return { problem: `--port ${port} is not a port: it must be a number from 1 to 65535.` };
  for (const [flag, value] of Object.entries({ kubeconfig, context })) {
    if (value === '') return { problem: `--${flag} needs a value.` };
  }
  return {
    options: {
      browser: values.browser,
      port: Number(port),
      open: !values['no-open'],
      help: values.help,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    },
  };
}
