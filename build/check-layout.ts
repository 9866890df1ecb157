// The first fence: where a file may lie. What a room is for is said in docs; a file that fits nowhere is a question, not a new folder.
import { spawnSync } from 'node:child_process';

const allowed: Record<string, readonly string[]> = {
  '': [
    'package.json', 'package-lock.json', 'tsconfig.json', 'forge.config.ts', 'README.md', 'LICENSE',
    'electron', 'renderer', 'shared', 'test', 'build', 'docs', '.ci',
  ],
  shared: ['contract', 'kubernetes', 'diagnosis', 'http', 'logs', 'container-files', 'lessons', 'tsconfig.json'],
  electron: [
    'main.ts', 'preload.ts', 'serve.ts', 'engine-process.ts', 'practice-process.ts', 'practice-heap.ts', 'practice-link.ts', 'practice-link.test.ts', 'edge.ts',
    'edge.test.ts', 'tsconfig.json',
    'clients', 'engine', 'practice', 'desktop', 'serve',
  ],
  'electron/clients': ['cluster', 'docker', 'nodes', 'tools'],
  renderer: ['index.html', 'main.ts', 'App.svelte', 'style.css', 'icon.svg', 'tsconfig.json', 'views', 'components', 'state', 'actions', 'messages'],
};
/** Names that say nothing, or hide where a thing lives. */
const nameless = /^(utils?|helpers?|common|misc|index)\.(ts|mts|js|mjs)$/;

/**
 * @param files paths from the root, as `git ls-files` prints them
 * @returns one line for each file that lies where none may lie
 */
export function strangers(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const parts = file.split('/');
    const name = parts.at(-1) ?? '';
    if (nameless.test(name)) return [`${file}: a file is named after what it exports`];
    for (const [folder, entries] of Object.entries(allowed)) {
      const depth = folder === '' ? 0 : folder.split('/').length;
      const entry = parts[depth];
      if (entry === undefined || (folder !== '' && !file.startsWith(`${folder}/`))) continue;
      const isDotfile = folder === '' && entry.startsWith('.') && parts.length === 1;
      if (!entries.includes(entry) && !isDotfile) return [`${file}: ${folder || 'the root'} holds only ${entries.join(', ')}`];
    }
    return [];
  });
}

/** The files of the house: tracked ones, and new ones that are not ignored. */
export function filesOfTheHouse(root: string): string[] {
  const { status, stdout, stderr } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return stdout.split('\n').filter(Boolean);
}
