import { expect, test } from 'vitest';
import { parseStart } from './start-options.ts';

const defaults = { browser: false, port: 0, open: true, help: false };
const flags = 'the flags are --browser, --port N, --no-open, --kubeconfig FILE, --context NAME, --practice and --speed N.';

test.each<[string[], ReturnType<typeof parseStart>]>([
  [[], { options: defaults }],
  [['--browser', '--no-open', '--port', '7000'], { options: { ...defaults, browser: true, open: false, port: 7000 } }],
  [['--kubeconfig=a.yaml', '--context', 'kind-kind'], { options: { ...defaults, kubeconfig: 'a.yaml', context: 'kind-kind' } }],
  [['-h'], { options: { ...defaults, help: true } }],
  [['--brwoser'], { problem: `Unknown option '--brwoser': ${flags}` }],
  [['kind'], { problem: `Unexpected argument 'kind': ${flags}` }],
  [['--port'], { problem: `Option '--port <value>' argument missing: ${flags}` }],
  [['--browser=yes'], { problem: `Option '--browser' does not take an argument: ${flags}` }],
  [['--port', 'http'], { problem: '--port http is not a port: it must be a number from 1 to 65535.' }],
  [['--port', '65536'], { problem: '--port 65536 is not a port: it must be a number from 1 to 65535.' }],
  [['--practice'], { options: { ...defaults, practice: {} } }],
  [['--practice', '--speed', '10', '--context=practice-kind'], { options: { ...defaults, practice: { speed: 10 }, context: 'practice-kind' } }],
  [['--speed', '10'], { problem: '--speed needs --practice.' }],
  ...['0', '101', 'fast', ''].map((speed): [string[], ReturnType<typeof parseStart>] =>
    [['--practice', `--speed=${speed}`], { problem: `--speed ${speed} is not a speed: it must be a number from 1 to 100.` }]),
  [['--context='], { problem: '--context needs a value.' }],
])('%j', (args, expected) => {
  expect(parseStart(args)).toEqual(expected);
});
