// Electron Forge's package, beside electron-builder's. What it is told stands in build/packaging.ts.
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { FuseV1Options, FuseVersion } from '@electron/fuses';
import * as packaging from './build/packaging.ts';

const fuses = Object.fromEntries(Object.entries(packaging.fuses).map(([name, isOn]) => [FuseV1Options[name as keyof typeof packaging.fuses], isOn]));

const config: ForgeConfig = {
  ...(process.env.PODLAB_PACKAGE_OUTPUT ? { outDir: process.env.PODLAB_PACKAGE_OUTPUT } : {}),
  packagerConfig: {
    name: packaging.productName,
    executableName: packaging.executableName,
    appBundleId: packaging.appId,
    appCategoryType: 'public.app-category.developer-tools',
    appCopyright: packaging.copyright,
    icon: packaging.icon,
    extraResource: packaging.extraResource,
    asar: true,
    // Everything is bundled, so that Forge has no modules to look through; the rule for files decides alone.
    prune: false,
    ignore: (file: string) => file !== '' && !packaging.isPackaged(file) && !packaging.leadsToPackaged(file),
    ...(process.env.PODLAB_ELECTRON_DIST ? { electronZipDir: process.env.PODLAB_ELECTRON_DIST } : {}),
  },
  plugins: [new FusesPlugin({ version: FuseVersion.V1, ...fuses })],
};
export default config;
