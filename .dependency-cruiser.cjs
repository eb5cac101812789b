/**
 * The architecture, checked: rules are pure, dependencies point inward, folders meet at events, commands and queries.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const RULES = '^src/(shared/(language|days|gs1|lookup-key|scanned-code|keyboard-layouts)|returns/(returns\\.(events|state|evolve|status|decider|upcasters|words)|quote|next-step|late-news|evolve/|decide/|money/)|policy/policy\\.(events|state|decider|evaluation|defaults|upcasters|words)|warehouse/found-parcel\\.(events|decider|state))';
const BUSINESS = '^src/(returns|policy|portal|warehouse|finance|orders|photos|carriers|payments|notices)/';
/** What other folders may use of the core; what its rules are made of stays inside. */
const CORE_FACES = '^src/returns/(returns\\.(events|state|status|fold|commands|queries|decider|model|dto|presentation|http|words)|sentences|quote|decide/(order|authorisation|parcel|custody|refund|entitlement)|money/(currency|caps|allocate))\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'A cycle has no inside.', from: {}, to: { circular: true } },
    {
      name: 'no-dead-modules', severity: 'error', comment: 'What neither the service nor the command line reaches is not part of the product.',
      from: { path: '^src/(main|cli)\\.ts$' }, to: { path: '^src/', pathNot: '^src/(main|cli)\\.ts$|\\.d\\.ts$', reachable: false },
    },
    {
      name: 'rules-are-pure', severity: 'error', comment: 'Rules import no Nest, no driver, no Node API: only other rules and the shapes of the machine room.',
      from: { path: RULES }, to: { pathNot: [RULES, '^src/eventing/(decider|event-store|upcasting)\\.ts$'] },
    },
    {
      name: 'machine-room-knows-no-business', severity: 'error', comment: 'eventing/ knows no business noun.',
      from: { path: '^src/eventing/' }, to: { path: [BUSINESS, '^src/(http|cli|app)'] },
    },
    {
      name: 'shared-is-a-leaf', severity: 'error', comment: 'shared/ is used by everybody and uses nobody but the machine room.',
      from: { path: '^src/shared/' }, to: { path: '^src/', pathNot: '^src/(shared|eventing)/' },
    },
    {
      name: 'drivers-stay-in-the-machine-room', severity: 'error', comment: 'Store and SQL drivers are only used in eventing/.',
      from: { path: '^src/', pathNot: '^src/eventing/' },
      to: { path: ['node_modules/(@eventstore|@photostructure|@grpc|google-protobuf)', '^node:sqlite$'] },
    },
    {
      name: 'http-knows-no-business', severity: 'error', comment: 'HTTP knows no business folder: controllers live with their noun.',
      from: { path: '^src/http/' }, to: { path: BUSINESS },
    },
    {
      name: 'folders-meet-at-their-faces', severity: 'error',
      comment: 'Business folders use each other only through events, state, commands, queries, ports and modules (docs/decisions/005).',
      from: { path: '^src/(portal|warehouse|finance|orders|photos|carriers|payments|notices|policy)/' },
      to: {
        path: BUSINESS,
        pathNot: [
          '^src/$1/',
          CORE_FACES,
          '^src/[a-z]+/[a-z-]+\\.(events|state|commands|queries|port|module)\\.ts$',
          '^src/(carriers/carriers|payments/payment-providers)\\.ts$',
        ],
      },
    },
    {
      name: 'the-core-needs-only-the-policy', severity: 'error', comment: 'returns/ knows the policy a return is filed under, and no other business folder.',
      from: { path: '^src/returns/' }, to: { path: BUSINESS, pathNot: ['^src/returns/', '^src/policy/policy\\.(events|evaluation|words|queries|module)\\.ts$'] },
    },
    {
      name: 'no-dev-dependencies', severity: 'error', comment: 'What runs is installed for running.',
      from: { path: '^src/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^node:sqlite$' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.d.ts'] },
    moduleSystems: ['es6', 'cjs'],
  },
};
