// What "Run" writes: the objects that a filled-in form stands for, and what of it Kubernetes would not take. Pure.
import type { Message, PullPolicy } from '../contract/findings.ts';
import { splitWords } from './command-words.ts';
import { parseImageReference } from './image-reference.ts';
import type { KubeObject } from './objects.ts';
import { quantityValue } from './quantity.ts';

/** As a person typed it; '' where nothing was. */
export interface RunForm {
  readonly name: string;
  readonly image: string;
  /** `8080, 53/udp`: commas or blanks between. */
  readonly ports: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** `none`: the manifest says no policy, so the tag's default applies. */
  readonly policy: PullPolicy | 'none';
  /** Words as in a shell, quotes keep them together; instead of the image's ENTRYPOINT. */
  readonly command: string;
  /** Instead of the image's CMD. */
  readonly args: string;
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly cpuLimit: string;
  readonly memoryLimit: string;
  readonly kind: 'Pod' | 'Deployment';
  readonly replicas: string;
  readonly service: 'none' | 'ClusterIP' | 'NodePort';
}

export const emptyRunForm: RunForm = {
  name: '', image: '', ports: '', env: [], policy: 'IfNotPresent', command: '', args: '',
  cpuRequest: '', memoryRequest: '', cpuLimit: '', memoryLimit: '', kind: 'Pod', replicas: '1', service: 'none',
};

export interface RunProblem {
  /** The field it stands at; `env.2` for a row. */
  readonly field: string;
  readonly message: Message;
  /** Nothing is there yet: told only when it is sent. */
  readonly isMissing: boolean;
}

const MOST_REPLICAS = 1000;
/** A container's name is a label (RFC 1123), and so is the pod's here: it is its host name as well. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A name for what runs an image, from the last part of its path: `ghcr.io/shop/Web_API:1` gives `web-api`. '' where nothing is left. */
export function nameForImage(image: string): string {
  const reference = parseImageReference(image.trim());
  return asLabel((reference.ok ? reference.path : image.replace(/[:@].*$/, '')).split('/').at(-1) ?? '');
}

function asLabel(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, 63).replace(/-+$/, '');
}

/** The ports that an image EXPOSEs, as the form's field has them. TCP is not said. */
export function portsField(exposed: readonly string[]): string {
  return exposed.map((port) => port.replace(/\/tcp$/i, '')).join(', ');
}

/** Everything that is wrong, in the form's order; [] where it may be sent. */
export function checkRunForm(form: RunForm): RunProblem[] {
  const problems: RunProblem[] = [];
  const wrong = (field: string, key: string, params: Message['params'] = {}) => problems.push({ field, message: { key, params }, isMissing: false });
  const miss = (field: string, key: string) => problems.push({ field, message: { key, params: {} }, isMissing: true });

  const image = form.image.trim();
  const reference = parseImageReference(image);
  if (image === '') miss('image', 'run.bad.image-missing');
  else if (!reference.ok) wrong('image', 'run.bad.image', { image, reason: reference.reason });

  const name = form.name.trim();
  if (name === '') miss('name', 'run.bad.name-missing');
  else if (!label.test(name)) wrong('name', 'run.bad.name', { suggestion: asLabel(name) });
  // A Service's name is an older kind of label (RFC 1035): it begins with a letter.
  else if (form.service !== 'none' && !/^[a-z]/.test(name)) wrong('name', 'run.bad.name-service');

  const ports = readPorts(form.ports);
  const bad = ports.find(({ port }) => port === undefined);
  const twice = ports.find(({ port, protocol }, index) => ports.findIndex((other) => other.port === port && other.protocol === protocol) < index);
  if (bad) wrong('ports', 'run.bad.port', { port: bad.text });
  else if (twice) wrong('ports', 'run.bad.port-twice', { port: twice.text });
  else if (form.service !== 'none' && ports.length === 0) wrong('ports', 'run.bad.port-service');

  form.env.forEach(({ name: key, value }, index) => {
    if (key === '' && value === '') return;
    if (!isEnvName(key)) wrong(`env.${index}`, key === '' ? 'run.bad.env-missing' : 'run.bad.env', { name: key });
    else if (form.env.findIndex((other) => other.name === key) < index) wrong(`env.${index}`, 'run.bad.env-twice', { name: key });
  });

  for (const field of ['command', 'args'] as const) if (splitWords(form[field]) === undefined) wrong(field, 'run.bad.quote');

  for (const [field, resource] of quantities) {
    const text = form[field].trim();
    const problem = text === '' ? undefined : quantityProblem(text, resource);
    if (problem) wrong(field, problem.key, problem.params);
  }
  for (const [request, limit] of [['cpuRequest', 'cpuLimit'], ['memoryRequest', 'memoryLimit']] as const) {
    const [asked, most] = [quantityValue(form[request].trim()), quantityValue(form[limit].trim())];
    if (asked !== undefined && most !== undefined && asked > most) wrong(request, 'run.bad.request-over-limit', { request: form[request].trim(), limit: form[limit].trim() });
  }

  const replicas = form.replicas.trim();
  if (form.kind === 'Deployment' && !(/^\d{1,4}$/.test(replicas) && Number(replicas) <= MOST_REPLICAS)) wrong('replicas', 'run.bad.replicas', { most: MOST_REPLICAS });
  return problems;
}

const quantities = [['cpuRequest', 'cpu'], ['cpuLimit', 'cpu'], ['memoryRequest', 'memory'], ['memoryLimit', 'memory']] as const;

/** What Kubernetes refuses, and what it takes and nobody means: `128m` of memory is an eighth of a byte. */
function quantityProblem(text: string, resource: 'cpu' | 'memory'): Message | undefined {
  const value = quantityValue(text);
  if (value === undefined || value < 0) return { key: `run.bad.${resource}`, params: { value: text } };
  if (resource === 'memory' && /^[\d.]+[num]$/.test(text)) return { key: 'run.bad.memory-milli', params: { value: text, suggestion: `${text.slice(0, -1)}Mi` } };
  if (resource === 'cpu' && /[KMGTPE]i?$|k$/.test(text)) return { key: 'run.bad.cpu', params: { value: text } };
  return undefined;
}

/** k8s.io/apimachinery/pkg/util/validation, IsEnvVarName: what every server takes. */
function isEnvName(name: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) && name !== '.' && !name.startsWith('..');
}

interface PortField {
  readonly text: string;
  /** Absent where it is none. */
  readonly port?: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

function readPorts(field: string): PortField[] {
  return field.split(/[\s,;]+/).filter((text) => text !== '').map((text) => {
    const [, digits, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
    const port = Number(digits);
    return { text, ...(port >= 1 && port <= 65535 ? { port } : {}), protocol: protocol.toUpperCase() as PortField['protocol'] };
  });
}

/**
 * The objects, in the order in which they are applied. What the form says wrong is left out or stands as it was typed: `checkRunForm` tells of it, and
 * nothing is sent.
 */
export function runManifests(form: RunForm): KubeObject[] {
  const name = form.name.trim();
  const ports = readPorts(form.ports).flatMap(({ port, protocol }) => (port === undefined ? [] : [{ port, protocol }]));
  const protocolOf = (protocol: string) => (protocol === 'TCP' ? {} : { protocol });
  const labels = { app: name };
  const needsLabels = form.kind === 'Deployment' || form.service !== 'none';
  const command = splitWords(form.command) ?? [];
  const args = splitWords(form.args) ?? [];
  const env = form.env.filter((row) => row.name !== '');
  const resources = resourcesOf(form);
  const spec = {
    containers: [{
      name,
      image: form.image.trim(),
      ...(form.policy === 'none' ? {} : { imagePullPolicy: form.policy }),
      ...(command.length > 0 ? { command } : {}),
      ...(args.length > 0 ? { args } : {}),
      ...(ports.length > 0 ? { ports: ports.map(({ port, protocol }) => ({ containerPort: port, ...protocolOf(protocol) })) } : {}),
      ...(env.length > 0 ? { env: env.map((row) => ({ name: row.name, value: row.value })) } : {}),
      ...(resources ? { resources } : {}),
    }],
  };
  const metadata = { name, ...(needsLabels ? { labels } : {}) };
  const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  const replicas = Number(form.replicas.trim());
  const deployment: KubeObject = {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata,
    spec: { replicas: Number.isInteger(replicas) && replicas >= 0 ? replicas : 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
  const service: KubeObject = {
    apiVersion: 'v1', kind: 'Service', metadata,
    spec: {
      ...(form.service === 'NodePort' ? { type: 'NodePort' } : {}),
      selector: labels,
      // Several ports need names (core/v1 ServicePort).
      ports: ports.map(({ port, protocol }) => ({
        ...(ports.length > 1 ? { name: `${protocol.toLowerCase()}-${port}` } : {}), port, targetPort: port,
        // Always: server-side apply of servers before 1.21 takes no port of a Service without it.
        protocol,
      })),
    },
  };
  return [form.kind === 'Deployment' ? deployment : pod, ...(form.service === 'none' ? [] : [service])];
}

function resourcesOf(form: RunForm): Record<string, Record<string, string>> | undefined {
  const both = (cpu: string, memory: string) => ({ ...(cpu.trim() === '' ? {} : { cpu: cpu.trim() }), ...(memory.trim() === '' ? {} : { memory: memory.trim() }) });
  const requests = both(form.cpuRequest, form.memoryRequest);
  const limits = both(form.cpuLimit, form.memoryLimit);
  const resources = { ...(Object.keys(requests).length > 0 ? { requests } : {}), ...(Object.keys(limits).length > 0 ? { limits } : {}) };
  return Object.keys(resources).length > 0 ? resources : undefined;
}
