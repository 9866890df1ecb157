import { isBuiltin } from 'node:module';
import type { Plugin } from 'vite';

/**
 * Makes a build fail where Vite would only warn that it replaced a Node module by an empty stub: the renderer and the preload must
 * not import Node, and the stub would hide that they do until somebody calls it.
 */
export function noNodeStubs(): Plugin {
  return {
    name: 'podlab:no-node-stubs',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      if (!isBuiltin(source)) return null;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      // A package from node_modules may have a builtin's name (events, punycode); a stub has no file.
      if (resolved !== null && !resolved.external && !resolved.id.includes('__vite-browser-external')) return resolved;
      return this.error(`${importer ?? 'the entry'} imports the Node module "${source}", which does not exist there.`);
    },
  };
}
