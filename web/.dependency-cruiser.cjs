/**
 * The pages' architecture, checked: four areas that know nothing of each other over what they share.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'A cycle has no inside.', from: {}, to: { circular: true } },
    {
      name: 'areas-are-apart',
      severity: 'error',
      comment: 'Each area is loaded by itself; what two of them need is in shared/.',
      from: { path: '^web/src/(portal|warehouse|finance|admin)/' },
      to: { path: '^web/src/', pathNot: '^web/src/($1|shared)/' },
    },
    {
      name: 'shared-is-a-leaf',
      severity: 'error',
      comment: 'shared/ knows no area.',
      from: { path: '^web/src/shared/' },
      to: { path: '^web/src/', pathNot: '^web/src/shared/' },
    },
    {
      name: 'the-service-stays-outside',
      severity: 'error',
      comment:
        'Pages know the service by its API alone; only how a scanned code and what is typed for one read, how an amount is written and what a station says of a return without the line must be the same on both sides.',
      from: { path: '^web/src/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(returns/(words/expected\\.words|rules/money/decimals)|shared/(plain-signs|scanned-code|gs1|keyboard-layouts))\\.ts$',
      },
    },
    {
      name: 'no-dead-modules',
      severity: 'error',
      comment: "What neither a page nor the station's service worker reaches is not part of the product.",
      from: { path: '^web/src/(main\\.tsx|warehouse/worker/sw\\.ts)$' },
      to: { path: '^web/src/', pathNot: '^web/src/(main\\.tsx|warehouse/worker/)', reachable: false },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?url$' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: require('node:path').join(__dirname, 'tsconfig.json') },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'browser', 'default', 'types'],
      extensions: ['.tsx', '.ts', '.js', '.d.ts', '.css'],
    },
  },
};
