// What the runtime said when it could not start a container's program, and what that program was to be.
import type { Edit } from '../contract/findings.ts';
import { inContainer } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { fieldsAt, fieldsIn, textIn } from './spec-fields.ts';
import type { Fields } from './spec-fields.ts';

/** The image as the pod names it; a sentence about it is never left with a gap. */
export function imageOf({ located, status }: ContainerCase): string {
  return located.container.image || status.image || '?';
}

/** dockershim says ContainerCannotRun (exit code 126, 127 or 128), containerd StartError (always 128). */
const NEVER_STARTED = new Set(['ContainerCannotRun', 'StartError']);

/** Undefined where the program was started, or is to be started just now. */
export function startError({ state, waiting, ended }: ContainerCase): string | undefined {
  const last = NEVER_STARTED.has(ended?.reason ?? '') ? (ended?.message ?? '') : undefined;
  if (waiting.reason === 'RunContainerError') return waiting.message || last;
  return state.terminated || waiting.reason === 'CrashLoopBackOff' ? last : undefined;
}

export interface ExecError {
  /** '' where an old runc does not say it. */
  readonly program: string;
  readonly error: string;
  readonly line: string;
}

/**
 * The kernel's answer to execve. By then the container has started, so runc can only write it where the program would have written:
 * the one line of the log (`exec /app/x: exec format error`; before runc 1.1 `standard_init_linux.go:228: exec user process caused: …`).
 */
export function execError({ state, ended, log }: ContainerCase): ExecError | undefined {
  if (state.running || (ended?.exitCode ?? 0) === 0) return undefined;
  const line = (log?.text ?? '').trim();
  if (line.length > 4096) return undefined;
  const match = /^(?:standard_init_linux\.go:\d+: )?exec (?:user process caused:? "?|(\S+): )(exec format error|no such file or directory)"?$/.exec(line);
  return match?.[2] === undefined ? undefined : { program: match[1] ?? '', error: match[2], line };
}

export interface Launch {
  /** Where the program's name stands; 'unknown' where the image decides and nobody could look. */
  readonly from: 'command' | 'args' | 'image' | 'unknown';
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** What the image would run by itself; undefined where nobody could look. */
  readonly ofImage: readonly string[] | undefined;
}

/** The container's `command` stands for the image's ENTRYPOINT and CMD, its `args` for CMD alone. */
export function launchOf({ located, name, world }: ContainerCase): Launch {
  const { command = [], args = [] } = located.container;
  const config = world.imageConfigs?.[name];
  const ofImage = config && [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const from = command.length > 0 ? 'command'
    : config ? ((config.Entrypoint ?? []).length === 0 && args.length > 0 ? 'args' : 'image') : 'unknown';
  return { from, command, args, ofImage };
}

/** The same program, run by the shell; undefined where nobody knows what the program's words are. */
export function withShell(c: ContainerCase): Edit[] | undefined {
  const { command, args, from } = launchOf(c);
  const config = c.world.imageConfigs?.[c.name];
  const at = inContainer(c, 'command');
  if (from === 'command') return [{ path: at, value: ['/bin/sh', ...command] }];
  if (from === 'args') return [{ path: at, value: ['/bin/sh'] }];
  if (!config) return undefined;
  // With a command of the pod's own, the image's CMD does not count any more.
  const lost = args.length === 0 && (config.Entrypoint ?? []).length > 0 ? (config.Cmd ?? []) : [];
  const words = (config.Entrypoint ?? []).length > 0 ? (config.Entrypoint ?? []) : (config.Cmd ?? []);
  return [{ path: at, value: ['/bin/sh', ...words] }, ...(lost.length > 0 ? [{ path: inContainer(c, 'args'), value: [...lost] }] : [])];
}

export interface Mounted {
  readonly index: number;
  readonly mount: Fields;
  /** Its volume in the pod; {} where it has none. */
  readonly volume: Fields;
  readonly path: string;
}

/** Where the container's volumes are mounted. */
export function mountsOf({ located, pod }: ContainerCase): readonly Mounted[] {
  const volumes = fieldsIn(pod.spec?.volumes).map(([, volume]) => volume);
  return fieldsIn(located.container.volumeMounts).map(([index, mount]) => ({
    index, mount, volume: volumes.find((each) => textIn(each, 'name') === textIn(mount, 'name')) ?? {}, path: plainPath(textIn(mount, 'mountPath')),
  }));
}

/** The mount that a file lies in: the deepest one. */
export function mountOver(c: ContainerCase, file: string): Mounted | undefined {
  return mountsOf(c).filter(({ path }) => path !== '' && (file === path || file.startsWith(`${path}/`))).toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** kubelet makes a mount path absolute. */
function plainPath(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' || trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
}

/** Which kind of source the volume has, and the name of a ConfigMap or Secret. */
export function configOf(volume: Fields): { readonly kind: 'ConfigMap' | 'Secret'; readonly field: 'configMap' | 'secret'; readonly name: string } | undefined {
  const map = textIn(fieldsAt(volume, 'configMap'), 'name');
  if (map !== '') return { kind: 'ConfigMap', field: 'configMap', name: map };
  const secret = textIn(fieldsAt(volume, 'secret'), 'secretName');
  return secret === '' ? undefined : { kind: 'Secret', field: 'secret', name: secret };
}
