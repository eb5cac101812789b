/**
 * The architecture, checked: rules are pure, dependencies point inward, folders meet at events, commands and queries.
 * @type {import('dependency-cruiser').IConfiguration}
 */
/** Pure: rules, and what is shared by service and pages. */
const RULES = '^src/(returns|policy|warehouse)/rules/';
const PURE = '^src/shared/(kept|language|days|gs1|plain-signs|scanned-code|keyboard-layouts)\\.ts$';
const BUSINESS = '^src/(returns|policy|portal|operations|warehouse|finance|orders|contacts|photos|carriers|payments|notices)/';

/** Where the command handlers of returns/ find the facts they decide with. */
const GATHERED = ['^src/photos/photos\\.(queries|module)\\.ts$', '^src/carriers/(carrier\\.port|carriers\\.module)\\.ts$'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'A cycle has no inside.', from: {}, to: { circular: true } },
    {
      name: 'no-dead-modules',
      severity: 'error',
      comment: 'What neither the service nor the command line reaches is not part of the product.',
      from: { path: '^src/(main|cli)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(main|cli)\\.ts$|\\.d\\.ts$', reachable: false },
    },
    {
      name: 'rules-are-pure',
      severity: 'error',
      comment:
        'Rules import no Nest, no driver, no Node API, no words: only other rules, the shapes of the machine room and functions of plain values.',
      from: { path: [RULES, PURE] },
      to: {
        pathNot: [
          RULES,
          PURE,
          '^src/eventing/(decider|event-store|upcasting)\\.ts$',
          '^node_modules/(fast-deep-equal|negotiator|@types/negotiator)/',
        ],
      },
    },
    {
      name: 'rules-know-no-language',
      severity: 'error',
      comment: 'Rules give codes; words are made at the edge. A policy holds the labels its merchant wrote, by language.',
      from: { path: RULES },
      to: { path: '^src/shared/language\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'machine-room-knows-no-business',
      severity: 'error',
      comment: 'eventing/ knows no business noun.',
      from: { path: '^src/eventing/' },
      to: { path: [BUSINESS, '^src/(http|access|cli|app)'] },
    },
    {
      name: 'shared-is-a-leaf',
      severity: 'error',
      comment: 'shared/ is used by everybody and uses nobody but the machine room.',
      from: { path: '^src/shared/' },
      to: { path: '^src/', pathNot: '^src/(shared|eventing)/' },
    },
    {
      name: 'drivers-stay-in-the-machine-room',
      severity: 'error',
      comment: 'Store and SQL drivers are only used in eventing/.',
      from: { path: '^src/', pathNot: '^src/eventing/' },
      to: { path: ['node_modules/(@eventstore|@photostructure|@grpc|google-protobuf)', '^node:sqlite$'] },
    },
    {
      name: 'http-knows-no-business',
      severity: 'error',
      comment: 'HTTP and access know no business folder: controllers live with their noun.',
      from: { path: '^src/(http|access)/' },
      to: { path: BUSINESS },
    },
    {
      name: 'folders-meet-at-their-faces',
      severity: 'error',
      comment:
        'Business folders use each other only through rules, words, the API of returns, and files that are named as faces (docs/decisions/005).',
      from: { path: '^src/(portal|operations|warehouse|finance|orders|contacts|photos|carriers|payments|notices|policy)/' },
      to: {
        path: BUSINESS,
        pathNot: [
          '^src/$1/',
          '^src/(returns|policy|warehouse)/rules/',
          '^src/returns/(words|api)/',
          '^src/[a-z]+/[a-z-]+\\.(commands|queries|port|store|module)\\.ts$',
          '^src/returns/texts\\.ts$',
        ],
      },
    },
    {
      name: 'the-core-gathers-few-facts',
      severity: 'error',
      comment:
        'returns/ knows the policy a return is filed under and where personal texts are kept; only its command handlers (and the module that wires them) ask besides whether a photo is there and a carrier set up. A command that needs the facts of another folder is handled in that folder (docs/decisions/108).',
      from: { path: '^src/returns/' },
      to: {
        path: BUSINESS,
        pathNot: ['^src/returns/', '^src/policy/(rules/|policy\\.(words|queries|module)\\.ts$)', '^src/contacts/', ...GATHERED],
      },
    },
    {
      name: 'only-handlers-gather',
      severity: 'error',
      comment: 'What a command handler asks of the world around, nothing else in returns/ does.',
      from: { path: '^src/returns/', pathNot: '^src/returns/[a-z]+\\.(commands|module)\\.ts$' },
      to: { path: GATHERED },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      comment: 'What runs is installed for running.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^node:sqlite$' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
