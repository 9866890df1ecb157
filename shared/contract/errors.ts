// The failures of the table, in the form in which a call declares them.
import { failures } from './failures.ts';

type Declared = { [Code in keyof typeof failures]: { data: (typeof failures)[Code] } };

/** Every failure of the table. Each call declares all of them: the reasons come from the cluster, Docker and the files, whatever the call. */
export const declared = Object.fromEntries(Object.entries(failures).map(([code, data]) => [code, { data }])) as Declared;
