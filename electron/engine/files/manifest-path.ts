// Which files of this computer are manifests: only these are opened, and only these may ever be written.
import { basename, isAbsolute, normalize } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import { atHome } from '../builds/home-path.ts';

/** kubectl's own (k8s.io/cli-runtime/pkg/resource/visitor.go, FileExtensions), but for `.json` in capitals and the like. */
export function isManifestName(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

/** kustomize's names (sigs.k8s.io/kustomize/api/konfig/general.go). */
export function isKustomization(name: string): boolean {
  return /^(kustomization\.ya?ml|Kustomization)$/.test(name);
}

/** A full path, or one below `~`. @throws Failure FILE_UNREADABLE, FILE_NOT_MANIFEST */
export function manifestPath(written: string): string {
  const path = normalize(atHome(written.trim()));
  if (!isAbsolute(path) || path.includes('\0')) throw new Failure('FILE_UNREADABLE', { file: written }, `${path} is not a full path`);
  if (!isManifestName(basename(path))) throw new Failure('FILE_NOT_MANIFEST', { file: path }, `${basename(path)} does not end with .yaml, .yml or .json`);
  return path;
}
