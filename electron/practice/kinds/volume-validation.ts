// What is wrong with the volumes of a pod: kubernetes, pkg/apis/core/validation/validation.go (ValidateVolumes).
import type { FieldError } from '../api/api-error.ts';
import { parseQuantity } from '../quantity.ts';
import { fieldRefErrors, resourceFieldErrors } from './env-validation.ts';
import { dataKeyErrors } from './data-keys.ts';
import { duplicate, each, forbiddenField, invalidValue, nameErrors, notSupported, required, when } from './field-errors.ts';

type Volume = { name: string } & Record<string, unknown>;
interface Item {
  key?: string;
  path?: string;
  mode?: number;
}
interface DownwardItem extends Item {
  fieldRef?: { apiVersion?: string; fieldPath: string };
  resourceFieldRef?: { resource: string; divisor?: string };
}
interface Files {
  name?: string;
  secretName?: string;
  items?: Item[];
  defaultMode?: number;
}

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const DOWNWARD_PATHS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

export function validateVolumes(volumes: readonly Volume[], minor: number): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `spec.volumes[${index}]`;
    const again = names.has(volume.name);
    names.add(volume.name);
    return [
      ...sourceErrors(volume, at, minor),
      ...(volume.name ? nameErrors(`${at}.name`, volume.name, 'label') : [required(`${at}.name`)]),
      ...when(again && Boolean(volume.name), () => duplicate(`${at}.name`, volume.name)),
    ];
  });
}

/** In the order in which the API server looks at them: the second one found is the one too many. */
const CHECKS: readonly (readonly [source: string, check: (value: never, at: string, minor: number) => FieldError[]])[] = [
  ['emptyDir', ({ sizeLimit }: { sizeLimit?: string }, at) => emptyDirErrors(sizeLimit, at)],
  ['hostPath', hostPathErrors],
  ['gitRepo', () => []],
  ['gcePersistentDisk', () => []],
  ['awsElasticBlockStore', () => []],
  ['secret', (secret: Files, at) => [...when(!secret.secretName, () => required(`${at}.secretName`)), ...filesErrors(secret, at)]],
  ['nfs', nfsErrors],
  ['iscsi', () => []],
  ['glusterfs', () => []],
  ['persistentVolumeClaim', ({ claimName }: { claimName?: string }, at) => when(!claimName, () => required(`${at}.claimName`))],
  ['configMap', (map: Files, at) => [...when(!map.name, () => required(`${at}.name`)), ...filesErrors(map, at)]],
  ['downwardAPI', (source: { items?: DownwardItem[]; defaultMode?: number }, at) => downwardSourceErrors(source, at)],
  ['projected', projectedErrors],
  ['csi', ({ driver }: { driver?: string }, at) => when(!driver, () => required(`${at}.driver`))],
  ['image', ({ reference }: { reference?: string }, at) => when(!reference, () => required(`${at}.reference`))],
  ['ephemeral', () => []],
];

function sourceErrors(volume: Volume, at: string, minor: number): FieldError[] {
  const present = CHECKS.filter(([source]) => volume[source] !== undefined && volume[source] !== null);
  return present.flatMap(([source, check], index) => {
    const field = `${at}.${source}`;
    return index === 0 ? check(volume[source] as never, field, minor) : [forbiddenField(field, 'may not specify more than 1 volume type')];
  });
}

const emptyDirErrors = (limit: string | undefined, at: string): FieldError[] =>
  when(limit !== undefined && (parseQuantity(limit) ?? 0) < 0, () => forbiddenField(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));

function hostPathErrors({ path = '', type = '' }: { path?: string; type?: string }, at: string): FieldError[] {
  if (path === '') return [required(`${at}.path`)];
  return [
    ...when(path.split('/').includes('..'), () => invalidValue(`${at}.path`, path, "must not contain '..'")),
    ...when(!HOST_PATH_TYPES.includes(type), () => notSupported(`${at}.type`, type, HOST_PATH_TYPES)),
  ];
}

function nfsErrors({ server, path = '' }: { server?: string; path?: string }, at: string): FieldError[] {
  return [
    ...when(!server, () => required(`${at}.server`)),
    ...when(path === '', () => required(`${at}.path`)),
    ...when(path !== '' && !path.startsWith('/'), () => invalidValue(`${at}.path`, path, 'must be an absolute path')),
  ];
}

const filesErrors = ({ items, defaultMode }: Files, at: string): FieldError[] => [
  ...modeErrors(defaultMode, `${at}.defaultMode`),
  ...each(items, (item, index) => itemErrors(item, `${at}.items[${index}]`)),
];

const itemErrors = ({ key = '', path = '', mode }: Item, at: string): FieldError[] => [
  ...(key === '' ? [required(`${at}.key`)] : dataKeyErrors(`${at}.key`, key)),
  ...(path === '' ? [required(`${at}.path`)] : relativePathErrors(`${at}.path`, path)),
  ...modeErrors(mode, `${at}.mode`),
];

const modeErrors = (mode: number | undefined, field: string): FieldError[] =>
  when(mode !== undefined && mode !== null && (mode < 0 || mode > 0o777), () =>
    invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive'),
  );

function downwardErrors(items: readonly DownwardItem[] | undefined, at: string): FieldError[] {
  return each(items, ({ path = '', fieldRef, resourceFieldRef, mode }) => [
    ...(path === '' ? [required(`${at}.path`)] : relativePathErrors(`${at}.path`, path)),
    ...(fieldRef ? fieldRefErrors(fieldRef, `${at}.fieldRef`, DOWNWARD_PATHS) : []),
    ...when(Boolean(fieldRef && resourceFieldRef), () => invalidValue(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')),
    ...(!fieldRef && resourceFieldRef ? resourceFieldErrors(resourceFieldRef, `${at}.resourceFieldRef`) : []),
    ...when(!fieldRef && !resourceFieldRef, () => required(at, 'one of fieldRef and resourceFieldRef is required')),
    ...modeErrors(mode, `${at}.mode`),
  ]);
}

function downwardSourceErrors({ items, defaultMode }: { items?: DownwardItem[]; defaultMode?: number }, at: string): FieldError[] {
  return [...modeErrors(defaultMode, `${at}.defaultMode`), ...downwardErrors(items, at)];
}

interface Projection {
  secret?: Files;
  configMap?: Files;
  downwardAPI?: { items?: DownwardItem[] };
  serviceAccountToken?: { path?: string; expirationSeconds?: number };
}

function projectedErrors({ sources, defaultMode }: { sources?: Projection[]; defaultMode?: number }, at: string): FieldError[] {
  return [
    ...modeErrors(defaultMode, `${at}.defaultMode`),
    ...each(sources, (source, index) => {
      const field = `${at}.sources[${index}]`;
      return [
        ...(source.secret ? namedFiles(source.secret, `${field}.secret`) : []),
        ...(source.configMap ? namedFiles(source.configMap, `${field}.configMap`) : []),
        ...downwardErrors(source.downwardAPI?.items, `${field}.downwardAPI`),
        ...(source.serviceAccountToken ? tokenErrors(source.serviceAccountToken, `${field}.serviceAccountToken`) : []),
      ];
    }),
  ];
}

const namedFiles = (files: Files, at: string): FieldError[] => [...when(!files.name, () => required(`${at}.name`)), ...filesErrors(files, at)];

const tokenErrors = ({ path = '', expirationSeconds = 3600 }: { path?: string; expirationSeconds?: number }, at: string): FieldError[] => [
  ...when(expirationSeconds < 600, () => invalidValue(`${at}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes')),
  ...(path === '' ? [required(`${at}.path`)] : relativePathErrors(`${at}.path`, path)),
];

/** A path that stays where it is put. */
export function relativePathErrors(field: string, path: string): FieldError[] {
  const up = path.split('/').includes('..');
  return [
    ...when(path.startsWith('/'), () => invalidValue(field, path, 'must be a relative path')),
    ...when(up, () => invalidValue(field, path, "must not contain '..'")),
    ...when(!up && path.startsWith('..'), () => invalidValue(field, path, "must not start with '..'")),
  ];
}
