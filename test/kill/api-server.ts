// The API server of a test cluster, away and back.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const script = resolve(import.meta.dirname, '../cluster/cluster');

/** Only of kind: `cluster stop apiserver` ends the server for everybody. */
export const kindServer = {
  stop: async () => void (await promisify(execFile)(script, ['stop', 'apiserver', 'kind'])),
  start: async () => void (await promisify(execFile)(script, ['start', 'apiserver', 'kind'])),
};
