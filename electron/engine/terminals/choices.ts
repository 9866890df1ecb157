// Which terminals a container offers, and why not the others.
import type { TerminalChoices, TerminalPlace } from '../../../shared/contract/terminals.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { serverVersion } from '../../clients/cluster/pods-api.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { livePod } from '../pods/pod-ref.ts';
import { waitFor } from '../topic.ts';

/** What a node's list may take, where it was not read yet; without it no image is offered. */
const IMAGES_MS = 2_000;
/** The subresource's form of today is on by default since 1.23: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/ */
const DEBUG_MINOR = 23;
/** Images that hold a shell, by the last part of their name; those made for looking around first. */
const WITH_SHELL = [
  'netshoot', 'network-multitool', 'busybox', 'alpine', 'curl', 'dnsutils', 'jessie-dnsutils', 'toolbox', 'debian', 'ubuntu', 'bash', 'fedora', 'rockylinux', 'almalinux',
  'amazonlinux', 'centos', 'buildpack-deps', 'nginx', 'httpd', 'redis', 'postgres', 'mysql', 'mariadb', 'python', 'node', 'golang', 'ruby', 'php', 'openjdk', 'eclipse-temurin',
];

export interface Known {
  /** A shell was looked for in this container, and there is none. */
  hasNoShell(place: TerminalPlace): boolean;
  /** Names of images in which a shell was found. */
  readonly shellImages: ReadonlySet<string>;
}

/** @throws Failure POD_GONE, POD_REPLACED, CONTAINER_NOT_FOUND, or why the cluster cannot be asked */
export async function choicesOf(session: ClusterSession, place: TerminalPlace, known: Known, signal: AbortSignal): Promise<TerminalChoices> {
  const live = await livePod(session, { context: place.context, namespace: place.namespace, name: place.pod, uid: place.uid }, signal);
  const located = containersOf(live).find(({ container }) => container.name === place.container);
  if (!located) throw new Failure('CONTAINER_NOT_FOUND', { pod: place.pod, container: place.container }, `the pod's spec has no container ${place.container}`);
  const { container, status } = located;
  const state = status?.state;
  const notRunning: Message | undefined = state?.running
    ? undefined
    : { key: 'terminal.refused.not-running', params: { container: container.name, reason: state?.terminated?.reason ?? state?.waiting?.reason ?? 'none' } };
  const noShell: Message | undefined = known.hasNoShell(place) ? { key: 'terminal.refused.no-shell', params: { container: container.name } } : undefined;
  const shellRefused = notRunning ?? noShell;
  const debugRefused = await againstDebug(session, notRunning, signal);
  return {
    shell: shellRefused ? { refused: shellRefused } : {},
    attach: { hasTerminal: container['tty'] === true, takesInput: container['stdin'] === true, ...(notRunning ? { refused: notRunning } : {}) },
    debug: debugRefused ? { images: [], refused: debugRefused } : { images: await imagesWithShell(session, live.spec?.nodeName ?? '', known, signal) },
  };
}

async function againstDebug(session: ClusterSession, notRunning: Message | undefined, signal: AbortSignal): Promise<Message | undefined> {
  if (notRunning) return notRunning;
  const minor = session.serverMinor ?? Number(/\d+/.exec((await serverVersion(await session.client(), signal)).minor)?.[0]);
  return minor < DEBUG_MINOR ? { key: 'terminal.refused.debug-too-old', params: { version: `1.${minor}` } } : undefined;
}

async function imagesWithShell(session: ClusterSession, node: string, { shellImages }: Known, signal: AbortSignal): Promise<string[]> {
  const { images } = session.nodeStores;
  await waitFor(images, ({ read, problems }) => problems.has(node) || read.some((one) => one.node === node), AbortSignal.any([signal, AbortSignal.timeout(IMAGES_MS)])).catch(() => {});
  signal.throwIfAborted();
  const names = images.value.read.find((read) => read.node === node)?.images.flatMap((image) => image.names) ?? [];
  const ranked = names.flatMap((name) => {
    const reference = parseImageReference(name);
    if (!reference.ok || reference.digest !== undefined) return [];
    const short = reference.normalized.replace(/^docker\.io\/(?:library\/)?/, '');
    const place = WITH_SHELL.indexOf(reference.path.split('/').at(-1) ?? '');
    const isFound = [...shellImages].some((found) => sameName(found, reference.normalized));
    return place < 0 && !isFound ? [] : [{ short, rank: place < 0 ? WITH_SHELL.length : place }];
  });
  return [...new Set(ranked.sort((one, other) => one.rank - other.rank || one.short.localeCompare(other.short)).map(({ short }) => short))];
}

function sameName(image: string, normalized: string): boolean {
  const reference = parseImageReference(image);
  return reference.ok && reference.normalized === normalized;
}
