// What the registry answered, or that it did not: IMG-03 to 14, 20 and 21, by the class of the pull's error.
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { parseImageReference, repositoryOf } from '../kubernetes/image-reference.ts';
import type { KubeNode } from '../kubernetes/objects.ts';
import type { PullErrorClass } from '../kubernetes/pull-error.ts';
import { podCase, retryFix } from './cause.ts';
import { nodeEvidence } from './evidence.ts';
import type { ImageCase } from './image-case.ts';
import { needsLogin } from './image-credentials.ts';
import { credentialsEvidence } from './image-evidence.ts';
import { causeParams, pullFinding } from './image-finding.ts';
import type { PullFindingParts } from './image-finding.ts';
import { useLocalImage, useNearName } from './image-fixes.ts';
import { buildFor, freeDisk, pullHere, trustCertificate, trustHttp, writeImage } from './image-lines.ts';
import { beginSecret } from './pull-secrets.ts';

type Rule = (c: ImageCase, pullClass: PullErrorClass) => Finding | undefined;

/** Where no rule is, the family has nothing to say: a limit of the kubelet that passes, or words that nobody knows. */
const rules: Readonly<Partial<Record<PullErrorClass, Rule>>> = {
  DENIED_OR_MISSING: refused,
  TAG_MISSING: tagMissing,
  AUTH: login,
  FORBIDDEN: login,
  RATE_LIMIT: (c) => answered(c, 'IMG-07', { fixes: [beginSecret(c)] }),
  DNS: (c) => unreachable(c, 'IMG-08'),
  REFUSED: (c) => ownLoopback(c) ?? unreachable(c, 'IMG-09'),
  NO_ROUTE: (c) => unreachable(c, 'IMG-09'),
  TIMEOUT: (c) => unreachable(c, 'IMG-09'),
  PLAIN_HTTP: (c) => ownLoopback(c) ?? answered(c, 'IMG-11', { fixes: trustHttp(c, host(c)) }),
  TLS_TO_HTTP: otherProtocol,
  TLS_TRUST: distrusted,
  REGISTRY_DOWN: (c) => answered(c, 'IMG-13', { params: { code: /\b5\d\d\b/.exec(c.cause?.error.text ?? '')?.[0] ?? 'none' }, fixes: retryFix(podCase(c.world)) }),
  PLATFORM: otherPlatform,
  DISK_FULL: (c) => broken(c, 'disk', [...retryFix(podCase(c.world)), ...freeDisk(c)], nodeOf(c, 'DiskPressure')),
  CORRUPT: (c) => broken(c, 'damaged', retryFix(podCase(c.world))),
  OLD_FORMAT: (c) => broken(c, 'old-format', writeImage(c, false)),
  SIGNATURE: (c) => broken(c, 'signature', []),
};

/** The finding for a failed pull whose image is not to be had here. */
export function whatTheRegistrySaid(c: ImageCase, pullClass: PullErrorClass): Finding | undefined {
  return pinned(c, pullClass) ?? rules[pullClass]?.(c, pullClass);
}

/** Under Always an image that is here is only in the way of its policy, whatever the registry suffers from. */
function answered(c: ImageCase, id: string, parts: PullFindingParts): Finding {
  const here = c.policy.policy === 'Always' && c.presence.onNode === 'yes' ? useLocalImage(c) : [];
  const others = here.length > 0 ? parts.fixes.map((fix) => ({ ...fix, recommended: false })) : parts.fixes;
  return pullFinding(c, id, { ...parts, fixes: [...here, ...others] });
}

/** IMG-03 or 05. */
function refused(c: ImageCase): Finding {
  const { onNode, onHost } = c.presence;
  if (onNode === 'no' && onHost !== 'yes' && c.near.length > 0) return pullFinding(c, 'IMG-03', { confidence: 'likely', fixes: useNearName(c) });
  return pullFinding(c, 'IMG-05', { evidence: [credentialsEvidence(c)], fixes: [...writeImage(c, false), beginSecret(c)] });
}

/** IMG-04. Docker tells whether the name or only the tag is unknown; containerd says "not found" of both. */
function tagMissing(c: ImageCase): Finding {
  const { text = '' } = c.cause?.error ?? {};
  const missing = /manifest unknown/i.test(text) ? 'tag' : 'either';
  const near = useNearName(c);
  const what = c.reference.tag === undefined ? { digest: 'yes', tag: '' } : { digest: 'no', tag: c.reference.tag };
  return answered(c, 'IMG-04', {
    params: { missing, ...what, repository: shortRepository(c) }, explanation: c.near.length > 0 ? 'explanation-near' : 'explanation', fixes: [...near, ...writeImage(c, false)],
  });
}

/** IMG-06. */
function login(c: ImageCase): Finding {
  return answered(c, 'IMG-06', needsLogin(c));
}

/** IMG-08, 09: the registry could not be asked. What it has is not known, and nothing is said about it. */
function unreachable(c: ImageCase, id: 'IMG-08' | 'IMG-09'): Finding {
  return pullFinding(c, id, { explanation: c.near.length > 0 ? 'explanation-near' : 'explanation', fixes: useNearName(c) });
}

/** IMG-10: in a node that is a box of its own, localhost is that box. */
function ownLoopback(c: ImageCase): Finding | undefined {
  const own = /^(?:localhost|127(?:\.\d+){3})(?::(\d+))?$/.exec(c.reference.domain);
  if (!own || c.presence.store?.sharesDocker !== 'no') return undefined;
  const [, port = '80'] = own;
  return answered(c, 'IMG-10', { params: { port }, fixes: pullHere(c, port) });
}

/** IMG-11 the other way round: the node speaks HTTP, and what answers speaks TLS. */
function otherProtocol(c: ImageCase): Finding {
  const isTls = /malformed HTTP response/i.test(c.cause?.error.text ?? '');
  return answered(c, 'IMG-11', isTls ? { sentence: 'sentence-https', explanation: 'explanation-https', fixes: [] } : { fixes: trustHttp(c, host(c)) });
}

/** IMG-12, by what crypto/x509 says (Go, src/crypto/x509/verify.go). */
function distrusted(c: ImageCase): Finding {
  const { text = '' } = c.cause?.error ?? {};
  const why = /has expired|not yet valid/.test(text) ? 'expired' : /unknown authority|certificate signed by/.test(text) ? 'issuer'
    : /is valid for|not valid for any names|IP SANs|Common Name/.test(text) ? 'name' : 'other';
  return answered(c, 'IMG-12', { params: { why }, fixes: why === 'issuer' ? trustCertificate(c, host(c)) : [] });
}

/** IMG-14. */
function otherPlatform(c: ImageCase): Finding {
  const [node] = nodeOf(c);
  const { architecture: arch, operatingSystem: os = 'linux' } = node?.status?.nodeInfo ?? {};
  const evidence = node && arch ? [nodeEvidence(node, 'status.nodeInfo.architecture', arch)] : [];
  return answered(c, 'IMG-14', { params: { arch: arch ?? 'none', os }, evidence, fixes: [...writeImage(c, false), ...(arch ? buildFor(c, `${os}/${arch}`) : [])] });
}

/** IMG-20: a digest names one build for ever, and another build of that name is here. */
function pinned(c: ImageCase, pullClass: PullErrorClass): Finding | undefined {
  const { digest } = c.reference;
  if (digest === undefined || !['TAG_MISSING', 'DENIED_OR_MISSING', 'AUTH', 'DNS', 'REFUSED', 'NO_ROUTE', 'TIMEOUT'].includes(pullClass)) return undefined;
  const same = c.near.filter(({ name }) => {
    const other = parseImageReference(name);
    return other.ok && repositoryOf(other) === repositoryOf(c.reference);
  });
  const [first] = same;
  if (!first) return undefined;
  const params = { digest: digest.replace(/^sha256:/, '').slice(0, 12), near: first.name, created: first.created === undefined ? 'none' : first.created * 1000, dated: first.created === undefined ? 'no' : 'yes' };
  return pullFinding(c, 'IMG-20', { confidence: 'likely', params, fixes: useNearName({ ...c, near: same }) });
}

/** IMG-21. */
function broken(c: ImageCase, what: 'disk' | 'damaged' | 'old-format' | 'signature', fixes: readonly Fix[], nodes: readonly KubeNode[] = []): Finding {
  const evidence: Evidence[] = nodes.flatMap((node) => {
    const found = node.status?.conditions?.find(({ type }) => type === 'DiskPressure');
    return found ? [nodeEvidence(node, `status.conditions[${node.status?.conditions?.indexOf(found) ?? 0}]`, `${found.type}=${found.status}`)] : [];
  });
  return answered(c, 'IMG-21', { sentence: `sentence-${what}`, explanation: `explanation-${what}`, evidence, fixes });
}

/** The pod's node, where it is known and has that condition. */
function nodeOf({ world: { nodes }, node }: ImageCase, condition?: string): KubeNode[] {
  const found = nodes === 'unknown' ? undefined : nodes.find(({ metadata }) => metadata.name === node);
  return found && (condition === undefined || found.status?.conditions?.some(({ type }) => type === condition)) ? [found] : [];
}

function host(c: ImageCase): string {
  return String(causeParams(c)['host']);
}

/** As people write it, without tag and digest. */
function shortRepository({ image }: ImageCase): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}
