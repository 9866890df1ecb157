// RUN-04: a folder is mounted where the image has a file, or a file where it has a folder.
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { findingOf, inContainer, podFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { keysOf } from './config-uses.ts';
import { fieldEvidence } from './evidence.ts';
import { writePath } from './path-fix.ts';
import { stateEvidence } from './run.ts';
import { fieldsAt, textIn } from './spec-fields.ts';
import { configOf, imageOf, mountsOf, startError } from './start-error.ts';
import type { Mounted } from './start-error.ts';

export const mountCauses: readonly Cause<ContainerCase>[] = [{ id: 'RUN-04', find: mountClash }];

function mountClash(c: ContainerCase): Finding | undefined {
  const text = startError(c);
  if (text === undefined || !/\bmounting \\*"/.test(text) || !/not a directory|is a directory/.test(text)) return undefined;
  const path = / at \\*"([^"\\]+)\\*"/.exec(text)?.[1];
  const mounted = path === undefined ? undefined : mountsOf(c).find((each) => each.path === path);
  const what = mounted ? shapeOf(mounted) : 'other';
  // A mount below a file: the runtime cannot even open the place.
  const under = text.includes('open o_path procfd');
  const volume = mounted ? textIn(mounted.mount, 'name') : 'none';
  return findingOf(c, 'RUN-04', {
    confidence: 'strong', sentence: under ? 'sentence-under' : path === undefined ? 'sentence-somewhere' : 'sentence',
    explanation: mounted && what === 'folder' && !under && configOf(mounted.volume) ? 'explanation-config' : 'explanation',
    params: { image: imageOf(c), path: path ?? 'none', volume, what }, raw: text,
    evidence: [...stateEvidence(c), ...(mounted ? [mountEvidence(c, mounted)] : [])],
    fixes: mounted ? fixes(c, mounted, what === 'folder' && !under) : [],
  });
}

export function mountEvidence(c: ContainerCase, { index, mount }: Mounted): Evidence {
  return fieldEvidence(c, `${c.located.path}.volumeMounts[${index}].mountPath`, textIn(mount, 'mountPath'));
}

/** A volume is a folder, unless one file is picked out of it. */
function shapeOf({ mount, volume }: Mounted): 'folder' | 'file' | 'other' {
  const host = textIn(fieldsAt(volume, 'hostPath'), 'type');
  if (volume['hostPath'] !== undefined) return host === 'File' || host === 'FileOrCreate' ? 'file' : host.startsWith('Directory') ? 'folder' : 'other';
  const part = textIn(mount, 'subPath') + textIn(mount, 'subPathExpr');
  if (part === '') return 'folder';
  return configOf(volume) && !part.includes('/') ? 'file' : 'other';
}

/** Of a ConfigMap's volume the one file that is meant can be mounted alone: the one named like the place, or the only one. */
function fixes(c: ContainerCase, mounted: Mounted, asFile: boolean): Fix[] {
  const { index, volume, path } = mounted;
  const config = configOf(volume);
  const object = config && c.world.related?.[`${config.kind}/${config.name}`];
  const keys = object === undefined || object === 'missing' ? [] : keysOf(object);
  const key = asFile ? (keys.find((each) => each === path.split('/').at(-1)) ?? (keys.length === 1 ? keys[0] : undefined)) : undefined;
  const single = key === undefined || config === undefined ? []
    : podFix(c, 'F20.sub-path', [{ path: inContainer(c, 'volumeMounts', index, 'subPath'), value: key }],
        { recommended: true, params: { key, path, kind: config.kind, name: config.name } });
  return [...single, ...writePath(c, 'F20.write-mount', `${c.located.path}.volumeMounts[${index}]`, { recommended: single.length === 0 })];
}
