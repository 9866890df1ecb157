// CRE: the runtime cannot make the container. RUN (run*.ts): it made it and cannot start its program.
// The texts are those of Docker 20.10.24 and containerd 1.6.20; what one refuses when it makes the container, the other may only when it starts it.
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { findingOf, inContainer, podFix, retryFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { runAsUser } from './config-user.ts';
import { fieldEvidence, otherEvidence } from './evidence.ts';
import { writePath } from './path-fix.ts';
import { hookCauses } from './run-hook.ts';
import { mountCauses } from './run-mount.ts';
import { runCauses, stateEvidence } from './run.ts';
import { fieldsIn, textIn } from './spec-fields.ts';
import { imageOf, startError } from './start-error.ts';

export const createCauses: readonly Cause<ContainerCase>[] = [
  { id: 'CRE-01', find: notCreated },
  ...runCauses,
  ...mountCauses,
  ...hookCauses,
];

interface Refusal {
  /** The last part of the sentence's and of the explanation's key. */
  readonly variant: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly evidence?: readonly Evidence[];
  readonly fixes?: readonly Fix[];
}

function notCreated(c: ContainerCase): Finding | undefined {
  const refused = c.waiting.reason === 'CreateContainerError';
  const text = refused ? c.waiting.message : startError(c);
  if (text === undefined) return undefined;
  // In another state only what stands there in so many words: the rest is RUN's.
  const refusal = workingDirectory(c, text) ?? unknownUser(c, text) ?? (refused ? refusalOf(c, text) : undefined);
  if (!refusal) return undefined;
  const { variant, params = {}, evidence = [], fixes = [] } = refusal;
  return findingOf(c, 'CRE-01', {
    confidence: 'strong', sentence: variant === '' ? 'sentence' : `sentence-${variant}`, explanation: variant === '' ? 'explanation' : `explanation-${variant}`,
    params: { image: imageOf(c), ...params }, raw: text || c.waiting.reason, evidence: [...stateEvidence(c), ...evidence], fixes,
  });
}

function refusalOf(c: ContainerCase, text: string): Refusal {
  if (/no command specified/i.test(text)) {
    return { variant: 'no-command', fixes: writePath(c, 'F20.write-command', `${c.located.path}.command`, { recommended: true }) };
  }
  if (/The container name .{1,512}? is already in use|failed to reserve container name/.test(text)) return { variant: 'name-taken', fixes: retryFix(c) };
  const notShared = /path "?(\S+?)"? is mounted on "?\S+?"? but it is not a (?:shared|shared or slave) mount/.exec(text)?.[1];
  if (notShared !== undefined) {
    return { variant: 'not-shared', params: { path: notShared }, fixes: mountField(c, (mount) => textIn(mount, 'mountPropagation') !== '', 'mountPropagation') };
  }
  if (/must be absolute/.test(text)) {
    return { variant: 'not-absolute', fixes: mountField(c, (mount) => !textIn(mount, 'mountPath').startsWith('/'), 'mountPath') };
  }
  if (/context deadline exceeded/.test(text)) return { variant: 'too-slow', fixes: retryFix(c) };
  return { variant: '', fixes: retryFix(c, false) };
}

/** Docker refuses a working directory that is a file or not absolute; under containerd runc fails on it. */
function workingDirectory(c: ContainerCase, text: string): Refusal | undefined {
  const { workingDir } = c.located.container;
  if (typeof workingDir !== 'string' || workingDir === '') return undefined;
  const says = text.includes(`Cannot mkdir: ${workingDir} is not a directory`) || text.includes(`mkdir ${workingDir}: not a directory`)
    || /the working directory '.{1,4096}?' is invalid/.test(text) || text.includes('Cwd must be an absolute path');
  if (!says) return undefined;
  return {
    variant: 'working-directory', params: { path: workingDir, absolute: workingDir.startsWith('/') ? 'yes' : 'no' },
    evidence: [fieldEvidence(c, `${c.located.path}.workingDir`, workingDir)],
    fixes: [
      ...podFix(c, 'F20.remove-working-directory', [{ path: inContainer(c, 'workingDir') }],
        { recommended: true, params: { container: c.name, path: workingDir } }),
      ...writePath(c, 'F20.write-working-directory', `${c.located.path}.workingDir`),
    ],
  };
}

/** The image's USER is a name that its /etc/passwd does not have. Without that file containerd only says that it cannot open it. */
function unknownUser(c: ContainerCase, text: string): Refusal | undefined {
  const user = /unable to find user ([^\s:]+)/.exec(text)?.[1];
  if (user === undefined && !/(?:\/etc\/passwd: no such file or directory|no users found)$/.test(text)) return undefined;
  const ofImage = c.world.imageConfigs?.[c.name]?.User;
  const image = imageOf(c);
  return {
    variant: 'user', params: { user: user ?? (ofImage || 'none'), number: 1000 },
    evidence: ofImage ? [otherEvidence('node-image', { key: 'evidence.image-user', params: { image, user: ofImage } }, { value: ofImage })] : [],
    fixes: runAsUser(c, true),
  };
}

function mountField(c: ContainerCase, isIt: (mount: Readonly<Record<string, unknown>>) => boolean, field: string): Fix[] {
  const found = fieldsIn(c.located.container.volumeMounts).find(([, mount]) => isIt(mount));
  return found ? writePath(c, 'F20.write-mount', `${c.located.path}.volumeMounts[${found[0]}].${field}`, { recommended: true }) : [];
}
