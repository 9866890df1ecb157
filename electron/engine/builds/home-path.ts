// Folders as a person writes them.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a shell would do: `~/spring` is in the home folder. `~name` is left as it is. */
export function atHome(written: string, home = homedir()): string {
  return written === '~' || /^~[\\/]/.test(written) ? join(home, written.slice(1)) : written;
}
