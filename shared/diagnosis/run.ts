// RUN-01 to RUN-03: the container is there, its program cannot be started. The texts are runc's, after the runtime's own beginnings
// (dockershim `failed to start container "…": Error response from daemon: …`, containerd `failed to create containerd task: …`).
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { findingOf, hostFix, inContainer, podFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { endedEvidence, fieldEvidence, logEvidence, nodeEvidence, otherEvidence, waitingEvidence } from './evidence.ts';
import { writePath } from './path-fix.ts';
import { configOf, execError, imageOf, launchOf, mountOver, startError, withShell } from './start-error.ts';
import { textIn } from './spec-fields.ts';

export const runCauses: readonly Cause<ContainerCase>[] = [
  { id: 'RUN-01', find: programMissing },
  { id: 'RUN-02', find: notExecutable },
  { id: 'RUN-03', find: wrongFormat },
];

const NOT_FOUND = /exec: \\?"([^"\\]*)\\?": (?:executable file not found in \$PATH|stat .{1,4096}?: no such file or directory)/;

function programMissing(c: ContainerCase): Finding | undefined {
  const text = startError(c);
  if (text === undefined) return interpreterMissing(c);
  const named = NOT_FOUND.exec(text)?.[1];
  if (named === undefined && !/executable (?:file )?not found in \$PATH/.test(text)) return undefined;
  const launch = launchOf(c);
  const program = named ?? launch.command[0] ?? '';
  const oneWord = /\s/.test(program) && !/["'`$&|;<>*?()\\]/.test(program);
  const isArgument = launch.from === 'args' || (launch.from === 'unknown' && launch.args[0] === program);
  const hidden = mountOver(c, program);
  const variant = oneWord ? 'explanation-one-word' : isArgument ? 'explanation-args' : hidden ? 'explanation-hidden'
    : launch.from === 'command' ? 'explanation' : 'explanation-image';
  return findingOf(c, 'RUN-01', {
    confidence: 'strong', sentence: program === '' ? 'sentence-unnamed' : 'sentence', explanation: variant,
    params: { image: imageOf(c), program: program || 'none', volume: hidden ? textIn(hidden.mount, 'name') : 'none', path: hidden?.path ?? 'none' }, raw: text,
    evidence: [...stateEvidence(c), ...launchEvidence(c)],
    fixes: [
      ...(oneWord && launch.command[0] === program ? splitCommand(c, program) : []),
      ...imageCommand(c, !oneWord),
      ...writeCommand(c, launch.from === 'args' ? 'args' : 'command', !oneWord && !canDropCommand(c)),
    ],
  });
}

/** runc has looked the file up before, so what the kernel misses is what the file itself names: its interpreter or loader. */
function interpreterMissing(c: ContainerCase): Finding | undefined {
  const found = execError(c);
  if (found?.error !== 'no such file or directory') return undefined;
  const program = found.program || (launchOf(c).command[0] ?? '');
  return findingOf(c, 'RUN-01', {
    confidence: 'strong', sentence: 'sentence-interpreter', explanation: 'explanation-interpreter',
    params: { image: imageOf(c), program: program || 'none' }, raw: found.line,
    evidence: [...stateEvidence(c), logEvidence(c, found.line), ...launchEvidence(c)],
    fixes: [...shell(c, program, false), ...writeCommand(c, 'command', false)],
  });
}

function notExecutable(c: ContainerCase): Finding | undefined {
  const text = startError(c);
  const program = text === undefined ? undefined : /exec: \\?"([^"\\]*)\\?": (?:permission denied|is a directory)/.exec(text)?.[1];
  if (program === undefined) return undefined;
  const over = mountOver(c, program);
  const config = over && configOf(over.volume);
  const fixes = config
    ? podFix(c, 'F20.default-mode', [{ path: ['spec', 'volumes', { name: textIn(over.volume, 'name') }, config.field, 'defaultMode'], value: 0o755 }],
        { recommended: true, params: { volume: textIn(over.volume, 'name'), mode: '0755' } })
    : [];
  return findingOf(c, 'RUN-02', {
    confidence: 'strong', sentence: over ? 'sentence-volume' : 'sentence',
    explanation: config ? 'explanation-config' : over ? 'explanation-volume' : 'explanation',
    params: { image: imageOf(c), program, volume: over ? textIn(over.volume, 'name') : 'none' }, raw: text,
    evidence: [...stateEvidence(c), ...launchEvidence(c), ...(over ? [fieldEvidence(c, `${c.located.path}.volumeMounts[${over.index}].mountPath`, over.path)] : [])],
    fixes: [...fixes, ...shell(c, program, fixes.length === 0), ...writeCommand(c, 'command', false)],
  });
}

function wrongFormat(c: ContainerCase): Finding | undefined {
  const found = execError(c);
  const text = startError(c) ?? '';
  if (found?.error !== 'exec format error' && !/exec format error/i.test(text)) return undefined;
  const ofImage = c.world.imageConfigs?.[c.name]?.Architecture ?? '';
  const node = c.world.nodes === 'unknown' ? undefined : c.world.nodes.find(({ metadata }) => metadata.name === c.pod.spec?.nodeName);
  const ofNode = node?.status?.nodeInfo?.architecture ?? '';
  const known = ofImage !== '' && ofNode !== '';
  const differ = known && ofImage !== ofNode;
  const program = found?.program || (launchOf(c).command[0] ?? '');
  const image = imageOf(c);
  const build = hostFix('F21.build-for-node', [`docker buildx build --platform linux/${ofNode} -t ${image} .`], { recommended: differ, params: { arch: ofNode, image } });
  return findingOf(c, 'RUN-03', {
    confidence: differ ? 'proven' : 'strong',
    sentence: differ ? 'sentence' : 'sentence-or-script', explanation: differ ? 'explanation' : 'explanation-or-script',
    params: { image: imageOf(c), program: program || 'none', imageArch: ofImage || 'none', nodeArch: ofNode || 'none' }, raw: found?.line ?? text,
    evidence: [
      ...stateEvidence(c), ...(found ? [logEvidence(c, found.line)] : []), ...launchEvidence(c),
      ...(ofImage === '' ? [] : [otherEvidence('node-image', { key: 'evidence.image-architecture', params: { image, arch: ofImage } }, { value: ofImage })]),
      ...(node && ofNode !== '' ? [nodeEvidence(node, 'status.nodeInfo.architecture', ofNode)] : []),
    ],
    fixes: differ ? [build] : [...shell(c, program, true), ...(ofNode === '' ? [] : [build])],
  });
}

export function stateEvidence(c: ContainerCase): Evidence[] {
  return [...(c.waiting.reason === '' ? [] : [waitingEvidence(c)]), ...endedEvidence(c)];
}

/** What the pod says that is to be run, and what the image does. */
function launchEvidence(c: ContainerCase): Evidence[] {
  const { command, args, ofImage } = launchOf(c);
  return [
    ...(command.length > 0 ? [fieldEvidence(c, `${c.located.path}.command`, command)] : []),
    ...(args.length > 0 ? [fieldEvidence(c, `${c.located.path}.args`, args)] : []),
    ...(ofImage ? [imageCommandEvidence(c, ofImage)] : []),
  ];
}

function imageCommandEvidence(c: ContainerCase, ofImage: readonly string[]): Evidence {
  const command = ofImage.join(' ');
  return otherEvidence('node-image', { key: 'evidence.image-command', params: { image: imageOf(c), command: command || 'none' } }, { value: command });
}

function canDropCommand(c: ContainerCase): boolean {
  const { from, ofImage = [] } = launchOf(c);
  return (from === 'command' || from === 'args') && ofImage.length > 0;
}

/** The image has a command of its own: the pod's words go, all of them. */
function imageCommand(c: ContainerCase, recommended: boolean): Fix[] {
  if (!canDropCommand(c)) return [];
  const { command, args, ofImage = [] } = launchOf(c);
  const edits = [...(command.length > 0 ? [{ path: inContainer(c, 'command') }] : []), ...(args.length > 0 ? [{ path: inContainer(c, 'args') }] : [])];
  return podFix(c, 'F20.remove-command', edits, { recommended, params: { container: c.name, command: ofImage.join(' '), image: imageOf(c) } });
}

/** `["sleep 3600"]` is one name with a blank in it. */
function splitCommand(c: ContainerCase, program: string): Fix[] {
  const words = [...program.trim().split(/\s+/), ...launchOf(c).command.slice(1)];
  return podFix(c, 'F20.split-command', [{ path: inContainer(c, 'command'), value: words }],
    { recommended: true, params: { container: c.name, command: JSON.stringify(words) } });
}

function shell(c: ContainerCase, program: string, recommended: boolean): Fix[] {
  const edits = withShell(c);
  if (!edits || program === '') return [];
  // What is not named like a script may be anything.
  return podFix(c, 'F20.run-with-sh', edits, { recommended: recommended && program.endsWith('.sh'), params: { container: c.name, program } });
}

function writeCommand(c: ContainerCase, field: 'command' | 'args', recommended: boolean): Fix[] {
  return writePath(c, `F20.write-${field}`, `${c.located.path}.${field}`, { recommended });
}
