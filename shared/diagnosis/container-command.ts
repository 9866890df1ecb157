// What a container really runs: its own command and args over those of the image (Kubernetes docs, "Define a command and arguments for a container").
import type { ContainerCase } from './cause.ts';

/** The words of the command; undefined where the image decides and its configuration is not known. */
export function commandOf({ located: { container }, name, world }: ContainerCase): readonly string[] | undefined {
  const image = world.imageConfigs?.[name];
  const command = words(container.command);
  const args = words(container.args);
  if (command.length > 0) return [...command, ...args];
  if (!image) return undefined;
  return [...words(image.Entrypoint), ...(args.length > 0 ? args : words(image.Cmd))];
}

const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** Whether the command is a shell, or a script that one reads: its exit code may be that of something it started. */
export function usesShell(c: ContainerCase): 'yes' | 'no' | 'unknown' {
  const command = commandOf(c);
  if (command === undefined) return 'unknown';
  return isShell(command) || command.slice(0, 3).some((word) => word.endsWith('.sh')) ? 'yes' : 'no';
}

/** A shell that is given nothing to do: it reads its input, finds none and ends. */
export function isIdleShell(command: readonly string[]): boolean {
  return isShell(command) && withoutBusybox(command).slice(1).every((word) => ['-i', '-l', '--login'].includes(word));
}

function isShell(command: readonly string[]): boolean {
  return shells.has(baseName(withoutBusybox(command)[0] ?? ''));
}

function withoutBusybox(command: readonly string[]): readonly string[] {
  return baseName(command[0] ?? '') === 'busybox' ? command.slice(1) : command;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Programs that go to the background and end, unless they are told to stay; and the word that tells them. */
const daemons: Readonly<Record<string, RegExp>> = {
  nginx: /daemon off/, httpd: /^-f|FOREGROUND/, apache2: /FOREGROUND/, sshd: /^-D/, crond: /^-f$/, cron: /^-f$/, service: /^$/, systemctl: /^$/,
};

/** Whether the command is a server that is known to put itself into the background. */
export function goesToBackground(command: readonly string[]): boolean {
  const [program = '', ...rest] = withoutBusybox(command);
  const name = baseName(program);
  const stays = Object.hasOwn(daemons, name) ? daemons[name] : undefined;
  return stays !== undefined && !rest.some((word) => stays.test(word));
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
