// electron-builder makes the releases. What it is told stands in packaging.ts; only its own spelling is here.
import type { Configuration } from 'electron-builder';
import * as packaging from './packaging.ts';

/** electron-builder writes the fuses' names with a small first letter. */
const electronFuses = Object.fromEntries(
  Object.entries(packaging.fuses).map(([name, isOn]) => [name[0]?.toLowerCase() + name.slice(1), isOn]),
);

const configuration: Configuration = {
  appId: packaging.appId,
  productName: packaging.productName,
  copyright: packaging.copyright,
  electronVersion: packaging.electronVersion,
  // A folder with Electron's zip in it, or with what is in the zip; without it electron-builder downloads the zip.
  ...(process.env.PODLAB_ELECTRON_DIST ? { electronDist: process.env.PODLAB_ELECTRON_DIST } : {}),
  directories: { output: process.env.PODLAB_PACKAGE_OUTPUT ?? 'out/electron-builder', buildResources: 'build/icons' },
  files: [...packaging.files],
  extraResources: [{ from: packaging.extraResource, to: '.' }],
  asar: true,
  // Nothing native is inside: the optional helpers of ssh2 are left out, so there is nothing to compile.
  npmRebuild: false,
  nodeGypRebuild: false,
  buildDependenciesFromSource: false,
  publish: null,
  electronFuses,
  linux: {
    target: ['AppImage', 'deb', 'tar.gz'],
    executableName: packaging.executableName,
    category: packaging.category,
    icon: packaging.linuxIcons,
    // Without a window class of its own the task bar does not know whose window it is.
    desktop: { entry: { StartupWMClass: packaging.productName } },
  },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.developer-tools',
    icon: `${packaging.icon}.icns`,
    hardenedRuntime: true,
    entitlements: packaging.entitlements,
    entitlementsInherit: packaging.inheritedEntitlements,
  },
  win: { target: ['nsis', 'zip'], icon: `${packaging.icon}.ico` },
};
export default configuration;
