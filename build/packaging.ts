// What the package is: read by electron-builder's configuration (the releases) and by forge.config.ts alike, so that they cannot differ.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

export const appId = 'io.github.podlab';
export const productName = 'Podlab';
/** The program's file name on Linux, and its folder's. */
export const executableName = 'podlab';
export const category = 'Development';
export const copyright = 'Copyright © The Podlab developers';

/** The version of Electron that the lock file installs: its binary and the npm package are of one number. */
export const electronVersion = (JSON.parse(readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8')) as { version: string }).version;

/** Without its ending: .icns for macOS, .ico for Windows; icon.png beside them is also the window's on Linux. */
export const icon = path.join(root, 'build/icons/icon');
/** Copied beside the archive, into Electron's `resources`. */
export const extraResource = path.join(root, 'build/icons/icon.png');
export const linuxIcons = path.join(root, 'build/icons/linux');
export const entitlements = path.join(root, 'build/entitlements.plist');
export const inheritedEntitlements = path.join(root, 'build/entitlements.inherit.plist');

/**
 * What goes into the archive, as globs from the root. The build has its dependencies inside, so there is no node_modules; the browser
 * shell's entry stays out, because the desktop shell never loads it.
 */
export const files = ['package.json', 'dist/electron/**', 'dist/preload/**', 'dist/renderer/**', '!dist/electron/serve.js', '!node_modules/**'] as const;

/** Whether a path of the archive (`/dist/electron/main.js`) belongs in it. The same rule as `files`, for Forge and for the check. */
export function isPackaged(file: string): boolean {
  return file === '/package.json' || (/^\/dist\/(electron|preload|renderer)\//.test(file) && file !== '/dist/electron/serve.js');
}

/** Whether a folder has to be walked into to find what is packaged. */
export function leadsToPackaged(folder: string): boolean {
  return ['/dist', '/dist/electron', '/dist/preload', '/dist/renderer'].includes(folder);
}

/**
 * Electron's switches that can no longer be turned once it is packaged, under the names of @electron/fuses. Off: every way to run
 * other code with our binary. On: cookies encrypted, the archive checked and the only source of code (checked on macOS and Windows;
 * Linux has no such check). What is not named stays as Electron ships it.
 */
export const fuses = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
} as const;
