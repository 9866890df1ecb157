// What the columns of several kinds have in common: kubernetes, pkg/printers/internalversion/printers.go.
import type { KubeObject } from '../objects.ts';
import { since } from './human-duration.ts';
import type { Column, KindContext } from './kind.ts';

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique in its namespace.',
  priority: 0,
};
export const ageColumn: Column = { name: 'Age', type: 'string', description: 'How long ago the object was created.', priority: 0 };

export const column = (name: string, description: string): Column => ({ name, type: 'string', description, priority: 0 });
/** Shown with -o wide. */
export const wideColumn = (name: string, description: string): Column => ({ name, type: 'string', description, priority: 1 });

export const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? '';
export const ageOf = ({ metadata }: KubeObject, { clock }: KindContext): string => since(metadata.creationTimestamp, clock.now());

/** `a=b,c=d` in the order of the keys (apimachinery, labels.FormatLabels). */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const text = Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return text || '<none>';
}
