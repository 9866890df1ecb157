// npm run check [name ...]: lint, types, import rules, unused code and messages; all of them, so that one run shows everything.
import { fileURLToPath } from 'node:url';
import { filesOfTheHouse, strangers } from './check-layout.ts';
import { checkHouse } from './check-messages.ts';
import { bin, runAll, type Step } from './programs.ts';
import { root } from './setup.mjs';

const steps: Step[] = [
  { name: 'lint', command: bin('oxlint'), args: ['--deny-warnings', '--report-unused-disable-directives'] },
  { name: 'types', command: bin('tsc'), args: ['-b'] },
  {
    name: 'screens',
    command: bin('svelte-check'),
    args: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  },
  { name: 'imports', command: bin('depcruise'), args: ['-c', '.dependency-cruiser.cjs', 'shared', 'electron', 'renderer', 'build', 'test'] },
  { name: 'unused', command: bin('knip'), args: ['--no-progress'] },
  { name: 'messages', command: process.execPath, args: [fileURLToPath(import.meta.url), 'messages'] },
  { name: 'layout', command: process.execPath, args: [fileURLToPath(import.meta.url), 'layout'] },
];

// The last two are this file again, as programs of their own beside the others.
if (process.argv[2] === 'messages') {
  const { faults, unused } = checkHouse(root);
  report([...faults, ...unused.map((key) => `${key}: is used nowhere`)]);
} else if (process.argv[2] === 'layout') {
  report(strangers(filesOfTheHouse(root)));
} else {
  const wanted = process.argv.slice(3);
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`Podlab has no check "${unknown.join('", "')}": there are ${steps.map(({ name }) => name).join(', ')}.\n`);
    process.exitCode = 2;
  } else {
    const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
    process.exitCode = (await runAll(chosen)) ? 0 : 1;
  }
}

function report(faults: string[]) {
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
