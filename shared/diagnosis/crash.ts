// CRA: the program ran and ended. Its exit code, the kernel's or the runtime's word for it, and its own last words tell why (research/diagnosis.md 4.3;
// CRA-10, a program that never ran, is RUN in create.ts; a probe that kills is PRB and comes before these).
import type { Finding, Fix } from '../contract/findings.ts';
import type { KubeNode } from '../kubernetes/objects.ts';
import { inContainer, isChangeable, podFix, retryFix, writeFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { commandOf, goesToBackground, isIdleShell } from './container-command.ts';
import { crashFinding, crashOf, crashText } from './crash-frame.ts';
import type { Crash } from './crash-frame.ts';
import { addressTaken, cannotReach, cannotWrite, gaveUpItself } from './crash-from-log.ts';
import { wrongHost } from './wrong-host.ts';
import { forbiddenCommand, lineWith, missingCommand, tellingLine } from './crash-log.ts';
import { fieldEvidence, nodeEvidence } from './evidence.ts';
import { signalOf } from './exit-code.ts';
import { memoryLimit, moreMemory } from './memory-limit.ts';

type Find = (c: ContainerCase, crash: Crash) => Finding | undefined;

const cause = (id: string, find: Find): Cause<ContainerCase> => ({
  id,
  find(c) {
    const crash = crashOf(c);
    return crash && find(c, crash);
  },
});

/** Only where the exit code is this one. */
const onCode = (code: number, find: Find): Find => (c, crash) => (crash.exitCode === code ? find(c, crash) : undefined);

export const crashCauses: readonly Cause<ContainerCase>[] = [
  cause('CRA-12', lostByNode),
  cause('CRA-06', outOfMemory),
  cause('CRA-01', onCode(0, endsNormally)),
  cause('CRA-03', onCode(126, notExecutable)),
  cause('CRA-04', onCode(127, commandNotFound)),
  cause('CRA-13', addressTaken),
  cause('SVC-09', (c, crash) => wrongHost(c, crash, gaveUpItself(crash))),
  cause('CRA-14', cannotReach),
  cause('CRA-15', cannotWrite),
  cause('CRA-05', onCode(134, (c, crash) => crashFinding(c, crash, 'CRA-05', { ...bySignal(c, crash), fixes: another(c) }))),
  cause('CRA-07', onCode(137, killed)),
  cause('CRA-08', onCode(139, invalidMemory)),
  cause('CRA-09', onCode(143, (c, crash) => crashFinding(c, crash, 'CRA-09', { ...bySignal(c, crash), fixes: retryFix(c) }))),
  cause('CRA-11', otherSignal),
  cause('CRA-12', perhapsLost),
  cause('CRA-02', gaveUp),
];

/** What a signal's causes have in common: a shell's exit code looks the same whether it or a program that it ran got the signal. */
function bySignal(c: ContainerCase, { exitCode, shell }: Crash) {
  const line = tellingLine(crashText(c));
  return { confidence: shell === 'no' ? 'strong' as const : 'likely' as const, params: { signal: signalOf(exitCode) ?? 'none' }, line };
}

/** The command, arguments and environment are for a person to write; the same again may help where nothing in the pod is wrong. */
function another(c: ContainerCase): Fix[] {
  return [...writeCommand(c, false), ...retryFix(c, false)];
}

function writeCommand(c: ContainerCase, recommended: boolean): Fix[] {
  return isChangeable(c) ? [writeFix('F20.command', { path: c.located.path }, { recommended, params: { container: c.name } })] : [];
}

/** The kubelet says so (ContainerStatusUnknown), or containerd does. */
function lostByNode(c: ContainerCase, crash: Crash): Finding | undefined {
  if (crash.reason !== 'Unknown' && crash.reason !== 'ContainerStatusUnknown') return undefined;
  return crashFinding(c, crash, 'CRA-12', { confidence: 'proven', params: { sub: 'lost' }, fixes: retryFix(c) });
}

/** Docker gives 255 to what it found dead when it started again; `exit -1` gives it, too. */
function perhapsLost(c: ContainerCase, crash: Crash): Finding | undefined {
  if (crash.exitCode !== 255 || tellingLine(crashText(c)) !== undefined) return undefined;
  return crashFinding(c, crash, 'CRA-12', { confidence: 'likely', params: { sub: 'perhaps' }, fixes: retryFix(c) });
}

function outOfMemory(c: ContainerCase, crash: Crash): Finding | undefined {
  if (crash.reason !== 'OOMKilled') return undefined;
  const limit = memoryLimit(c);
  const evidence = limit === undefined ? [] : [fieldEvidence(c, `${c.located.path}.resources.limits.memory`, limit)];
  return crashFinding(c, crash, 'CRA-06', {
    confidence: limit === undefined ? 'likely' : 'proven', params: { limit: limit ?? 'none' }, evidence,
    fixes: limit === undefined ? retryFix(c, false) : moreMemory(c, true),
  });
}

/** A program that is to run for ever, and ends well. */
function endsNormally(c: ContainerCase, crash: Crash): Finding {
  const command = commandOf(c) ?? [];
  const sub = isIdleShell(command) ? 'shell' : goesToBackground(command) ? 'background' : 'task';
  const line = tellingLine(crashText(c));
  const bare = !c.pod.metadata.ownerReferences?.some(({ controller }) => controller) && !c.located.init && (c.pod.spec?.containers?.length ?? 0) === 1;
  const keepsInput = podFix(c, 'F20.keep-input', [{ path: inContainer(c, 'stdin'), value: true }, { path: inContainer(c, 'tty'), value: true }], { recommended: true });
  const once = bare ? podFix(c, 'F20.run-once', [{ path: ['spec', 'restartPolicy'], value: 'OnFailure' }], { recommended: sub === 'task' }) : [];
  return crashFinding(c, crash, 'CRA-01', {
    confidence: 'proven', params: { sub, command: command.join(' ') || 'none', owner: c.pod.metadata.ownerReferences?.find(({ controller }) => controller)?.kind ?? 'none' }, line,
    evidence: command.length > 0 && c.located.container.command ? [fieldEvidence(c, `${c.located.path}.command`, command)] : [],
    fixes: sub === 'task' ? [...once, ...writeCommand(c, once.length === 0)] : [...(sub === 'shell' ? keepsInput : []), ...writeCommand(c, sub !== 'shell'), ...once],
  });
}

function notExecutable(c: ContainerCase, crash: Crash): Finding {
  const found = forbiddenCommand(crashText(c));
  return crashFinding(c, crash, 'CRA-03', {
    confidence: found ? 'strong' : 'likely', params: { command: found?.command ?? 'none' }, line: found?.line, fixes: writeCommand(c, true),
  });
}

function commandNotFound(c: ContainerCase, crash: Crash): Finding {
  const found = missingCommand(crashText(c));
  return crashFinding(c, crash, 'CRA-04', {
    confidence: found ? 'strong' : 'likely', params: { command: found?.command ?? 'none' }, line: found?.line, fixes: writeCommand(c, true),
  });
}

/** SIGKILL, and the container itself was not out of memory: the node, a program that it had started, or somebody. */
function killed(c: ContainerCase, crash: Crash): Finding {
  const line = lineWith(crashText(c), /^Killed\b|\bKilled$|out of memory/i);
  const limit = memoryLimit(c);
  const node = nodeOf(c);
  const pressure = node?.status?.conditions?.findIndex(({ type, status }) => type === 'MemoryPressure' && status === 'True') ?? -1;
  if (node && pressure >= 0) {
    const evidence = [nodeEvidence(node, `status.conditions[${pressure}]`, node.status?.conditions?.[pressure]?.message ?? 'MemoryPressure')];
    return crashFinding(c, crash, 'CRA-07', { confidence: 'likely', params: { sub: 'node', limit: limit ?? 'none' }, line, evidence, fixes: retryFix(c, false) });
  }
  // Under cgroup v1 the kernel kills one process; a shell around it ends with its code.
  if (limit !== undefined && (line !== undefined || crash.shell === 'yes')) {
    const evidence = [fieldEvidence(c, `${c.located.path}.resources.limits.memory`, limit)];
    return crashFinding(c, crash, 'CRA-07', { confidence: 'likely', params: { sub: 'child', limit }, line, evidence, fixes: moreMemory(c, true) });
  }
  return crashFinding(c, crash, 'CRA-07', { confidence: 'likely', params: { sub: 'outside', limit: limit ?? 'none' }, line, fixes: retryFix(c) });
}

function invalidMemory(c: ContainerCase, crash: Crash): Finding {
  const built = c.world.imageConfigs?.[c.name]?.Architecture ?? 'none';
  const node = nodeOf(c);
  const architecture = node?.status?.nodeInfo?.architecture ?? 'none';
  const emulated = built !== 'none' && architecture !== 'none' && built !== architecture;
  return crashFinding(c, crash, 'CRA-08', {
    ...bySignal(c, crash), params: { signal: 'SIGSEGV', emulated: emulated ? 'yes' : 'no', built, architecture },
    evidence: emulated && node ? [nodeEvidence(node, 'status.nodeInfo.architecture', architecture)] : [], fixes: another(c),
  });
}

function otherSignal(c: ContainerCase, crash: Crash): Finding | undefined {
  return signalOf(crash.exitCode) === undefined ? undefined : crashFinding(c, crash, 'CRA-11', { ...bySignal(c, crash), fixes: another(c) });
}

/** The program chose its code by itself; the best that there is to say is its own last word. */
function gaveUp(c: ContainerCase, crash: Crash): Finding | undefined {
  if (crash.exitCode === 0) return undefined;
  const line = tellingLine(crashText(c));
  return crashFinding(c, crash, 'CRA-02', { confidence: 'strong', params: { line: line ?? 'none' }, line, fixes: [...writeCommand(c, false), ...retryFix(c, false)] });
}

function nodeOf({ pod, world: { nodes } }: ContainerCase): KubeNode | undefined {
  return nodes === 'unknown' ? undefined : nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
}
