import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** Opens an address that carries a secret in the person's browser. Failing is no failure: the address is on the screen. */
export function openInBrowser(url: string): void {
  // On Windows the address itself: another user may not read the command line of a process that is not theirs there, and what .html
  // belongs to is as often an editor as a browser.
  if (process.platform === 'win32') return launch('cmd', ['/c', 'start', '', url]);
  try {
    launch(process.platform === 'darwin' ? 'open' : 'xdg-open', [writeRedirect(url).file]);
  } catch {
    // A full disk or a folder that may not be written.
  }
}

/**
 * Writes a page that leads to an address, readable by this user only: a command line, which every user can read in /proc, must not
 * carry the token. Its removal is what is returned, or the end of this process, whichever comes first.
 * @param folder in which a folder of its own is made
 */
export function writeRedirect(url: string, folder = folderForBrowsers()): Disposable & { readonly file: string } {
  const own = mkdtempSync(path.join(folder, 'podlab-'));
  const remove = () => rmSync(own, { recursive: true, force: true });
  // Synchronous, since `exit` waits for nothing.
  process.once('exit', remove);
  const file = path.join(own, 'open.html');
  const escaped = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const page = `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${escaped}">
<title>Podlab</title>
<a href="${escaped}">Podlab</a>
`;
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' });
  return {
    file,
    [Symbol.dispose]() {
      process.off('exit', remove);
      remove();
    },
  };
}

/** A browser in a snap (Ubuntu's Firefox) has a /tmp of its own, but sees what is not hidden in the home folder. */
function folderForBrowsers(): string {
  return process.platform === 'linux' && existsSync('/snap/bin') ? homedir() : tmpdir();
}

function launch(command: string, args: string[]): void {
  spawn(command, args, { stdio: 'ignore', detached: true }).on('error', () => undefined).unref();
}
