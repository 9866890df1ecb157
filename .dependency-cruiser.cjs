// The third fence: who may import whom. The arrows are renderer -> shared <- electron; inside electron, main | serve -> engine ->
// clients. build/fences.test.ts breaks each rule on purpose.
const test = String.raw`\.test\.ts$`;
const npm = (names) => `node_modules/(${names})/`;
const hosts = '^electron/(main|preload|serve|engine-process|practice-process|practice-link|edge)[.]ts$|^electron/(serve|desktop)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    // A rule about a package is blind while the package is not installed, so what cannot be resolved is an error of its own.
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-import-of-a-test', severity: 'error', from: { pathNot: '[.](test|spec)[.]ts$' }, to: { path: '[.](test|spec)[.]ts$' } },
    { name: 'rooms-import-no-build-or-test', severity: 'error',
      from: { path: '^(shared|electron|renderer)/', pathNot: test }, to: { path: '^(build|test)/' } },

    { name: 'shared-imports-no-room', severity: 'error', from: { path: '^shared/' }, to: { path: '^(electron|renderer)/' } },
    { name: 'shared-has-no-node', severity: 'error', from: { path: '^shared/', pathNot: test }, to: { dependencyTypes: ['core'] } },
    { name: 'shared-imports-only-zod', severity: 'error', from: { path: '^shared/', pathNot: test },
      to: { dependencyTypesNot: ['local', 'core'], pathNot: npm('zod|@orpc/contract') } },

    { name: 'renderer-imports-no-electron', severity: 'error', from: { path: '^renderer/' }, to: { path: '^electron/' } },
    // The contract's values bring zod and oRPC: a third of the screen's code again, for what the engine checks.
    { name: 'renderer-takes-types-of-the-contract', severity: 'error', from: { path: '^renderer/', pathNot: test },
      to: { path: '^shared/contract/', dependencyTypesNot: ['type-only'] } },
    { name: 'renderer-has-no-node', severity: 'error', from: { path: '^renderer/', pathNot: test }, to: { dependencyTypes: ['core'] } },

    { name: 'electron-imports-no-renderer', severity: 'error', from: { path: '^electron/' }, to: { path: '^renderer/' } },
    { name: 'engine-knows-no-host', severity: 'error', from: { path: '^electron/(engine|clients)/' }, to: { path: hosts } },
    { name: 'engine-imports-no-host-package', severity: 'error', from: { path: '^electron/engine/', pathNot: test },
      to: { path: npm('electron|ws|express|fastify|koa|hono|@hono|connect|polka') } },
    { name: 'clients-import-no-engine', severity: 'error', from: { path: '^electron/clients/' }, to: { path: '^electron/engine/' } },
    { name: 'one-host-knows-not-the-other', severity: 'error', from: { path: '^electron/(serve[.]ts|serve/)' },
      to: { path: '^electron/(main|preload|engine-process)[.]ts$|^electron/desktop/' } },
    { name: 'one-host-knows-not-the-other-back', severity: 'error', from: { path: '^electron/((main|preload|engine-process)[.]ts$|desktop/)' },
      to: { path: '^electron/(serve[.]ts|serve/)' } },
    { name: 'electron-only-in-the-desktop-shell', severity: 'error',
      from: { pathNot: '^electron/(main|preload|engine-process)[.]ts$|^electron/desktop/|^(build|test)/|^forge[.]config[.]ts$' }, to: { path: npm('electron') } },

    { name: 'practice-shares-no-mistake', severity: 'error', from: { path: '^electron/practice/' },
      to: { path: '^electron/(engine|clients)/|^shared/kubernetes/' } },
    { name: 'nobody-but-a-host-imports-practice', severity: 'error', from: { path: '^(shared|renderer|electron/(engine|clients))/', pathNot: test },
      to: { path: '^electron/practice/' } },

    { name: 'orpc-at-the-edges', severity: 'error',
      from: { pathNot: '^shared/contract/|^electron/edge([.]test)?[.]ts$|^renderer/state/engine[.]ts$' }, to: { path: npm('@orpc') } },
    { name: 'contract-declares-only', severity: 'error', from: { path: '^shared/contract/' }, to: { path: npm('@orpc/(server|client)') } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out|test-results)/' },
    // `import type` is an arrow too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.svelte', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
