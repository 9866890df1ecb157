// What a page may ask the computer for: to put text on the clipboard (the Copy buttons) and to notify (a pod turned failing), and nothing else.
import { app } from 'electron';
import type { Session } from 'electron';
import { isOwnPage } from './address.ts';

const allowed: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'notifications']);

/** Denies on every session, those of later windows too. To be called before Electron is ready: it makes the first session then. */
export function denyPermissions(): void {
  app.on('session-created', denyOn);
}

function denyOn(session: Session): void {
  // Both are needed: most web APIs check first and then ask, some do only one of the two.
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(allowed.has(permission) && details.isMainFrame && isOwnPage(details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    return allowed.has(permission) && details.isMainFrame && isOwnPage(requestingOrigin);
  });
  // Serial, HID and USB devices have a question of their own.
  session.setDevicePermissionHandler(() => false);
}
