// The shell that lines are shown and copied for, as the person chose it; at first the one that their system has.
import { remember, remembered } from '../state/remembered.ts';
import { powershellLine } from './powershell-line.ts';

export type Shell = 'bash' | 'powershell';

const isShell = (text: string | undefined): text is Shell => text === 'bash' || text === 'powershell';
const usual = (): Shell => (typeof navigator === 'object' && /Windows/.test(navigator.userAgent) ? 'powershell' : 'bash');
const before = remembered('shell');
let current = $state<Shell>(isShell(before) ? before : usual());

export const chosenShell = {
  get current(): Shell {
    return current;
  },
  choose(shell: Shell): void {
    current = shell;
    remember('shell', shell);
  },
};

/** The lines for a shell. What PowerShell has no form for is shown as a comment. */
export function linesFor(commands: readonly string[], shell: Shell): string[] {
  if (shell === 'bash') return [...commands];
  return commands.map((line) => powershellLine(line) ?? line.split('\n').map((part) => `# bash: ${part}`).join('\n'));
}
