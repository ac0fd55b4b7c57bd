/** The layers of the house: arrows point one way. See README, "For developers". */
module.exports = {
  forbidden: [
    {
      name: 'models-are-pure',
      comment: 'models/ runs in Node and in a GPU window alike: no Node, no Electron, nothing of the application.',
      severity: 'error',
      from: { path: '^models/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'models-import-no-application',
      severity: 'error',
      from: { path: '^models/' },
      to: { path: '^(electron|native|renderer|build)/' },
    },
    {
      name: 'native-imports-no-application',
      severity: 'error',
      from: { path: '^native/' },
      to: { path: '^(electron|renderer)/' },
    },
    {
      name: 'engine-knows-no-shell',
      comment: 'The engine runs without Electron, and never knows who is asking.',
      severity: 'error',
      from: { path: '^electron/engine/' },
      to: { path: '^(electron/(main|preload|server|cli)|renderer)/' },
    },
    {
      name: 'renderer-imports-the-contract-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|models|native)/', pathNot: '^electron/engine/(contract|wire)\\.ts$' },
    },
    {
      name: 'page-runs-in-a-browser',
      comment: 'The renderer, the window that trains, and what they import of the engine know nothing of Node.',
      severity: 'error',
      from: {
        path: '^(renderer/|electron/trainer/|native/compute/webgpuCard\\.ts$|electron/engine/((contract|wire|channel)\\.ts$|contract/))',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shell-is-no-library',
      comment: 'The server and the command line run where there is no Electron.',
      severity: 'error',
      from: { path: '^electron/(server|cli)/' },
      to: { path: '^electron/(main|preload)/' },
    },
    {
      name: 'product-imports-no-tools',
      severity: 'error',
      from: { path: '^(electron|renderer|models|native)/' },
      to: { path: '^(build|test)/' },
    },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: '^electron/engine/contract(\\.ts$|/)' },
      to: {
        pathNot: [
          '^node_modules/zod',
          '^models/(text/algorithms|vision/negatives)\\.ts$',
          '^electron/engine/contract/',
        ],
      },
    },
    {
      name: 'contract-has-one-front',
      comment: 'contract.ts passes on what its areas declare; nobody else knows in which file a schema stands.',
      severity: 'error',
      from: { pathNot: '^electron/engine/contract(\\.ts$|/)' },
      to: { path: '^electron/engine/contract/' },
    },
    {
      name: 'electron-only-in-the-shell',
      comment: 'A bare import of electron starts a download where the binary is missing.',
      severity: 'error',
      from: { pathNot: '^(electron/(main|preload)/|test/fixtures/trainingElectron\\.ts$)' },
      to: { path: '(^|node_modules/)electron($|/(index|electron))', dependencyTypes: ['npm', 'npm-dev'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '(\\.d\\.ts$|config\\.ts$)' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|release|native/scan/kernel)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'svelte', 'types'] },
  },
};
