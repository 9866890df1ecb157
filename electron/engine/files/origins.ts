// Which file an object was applied from, on disk, so that a fix can go into the file tomorrow, too. A convenience: no trouble with it fails a change.
import { join } from 'node:path';
import { z } from 'zod';
import { fileOrigin, type FileOrigin } from '../../../shared/contract/files.ts';
import { openKeptList } from '../kept-list.ts';
import type { Topic } from '../topic.ts';

const KEPT = 500;
const kept = fileOrigin.extend({ context: z.string() });
type Kept = z.infer<typeof kept>;

export interface FileOrigins {
  /** The newest first; undefined until the file was read. */
  readonly all: Topic<readonly Kept[] | undefined>;
  /** Resolves when the disk has it, or cannot. */
  remember(context: string, origins: readonly FileOrigin[]): Promise<void>;
}

/** @param directory is made when the first one is written. */
export function openFileOrigins(directory: string): FileOrigins {
  const keyOf = ({ context, namespace, kind, name }: Kept) => JSON.stringify([context, namespace, kind, name]);
  const { items, add } = openKeptList(join(directory, 'file-origins.json'), kept, KEPT, keyOf);
  return { all: items, remember: (context, origins) => add(origins.map((origin) => ({ ...origin, context }))) };
}
