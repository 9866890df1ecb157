// How the store of a node's images is named and coloured.
import type { NodeInfo } from '../../../shared/contract/environment.ts';

type Store = NodeInfo['store'];

/** Which store it is (`cluster.store.*`); a node of no known kind says only what was found out. */
export const storeKey = ({ kind, sharesDocker }: Store): string =>
  kind === 'generic' && sharesDocker !== 'no' ? (sharesDocker === 'yes' ? 'shared-docker' : 'unknown') : kind;

export const storeTone: Record<Store['sharesDocker'], string> = { yes: 'ok', no: 'busy', unknown: 'unknown' };
