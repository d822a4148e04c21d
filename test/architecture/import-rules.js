import { engines, registry } from './layout.js';

/** What only tests use: the specs, and the fixtures beside them. */
const testCode = '([.]spec[.]ts$|/fixtures/)';
const engine = `^libs/(${engines.join('|')})/`;
/** Every folder of libs/ is a context unless it is listed as something else: a new folder meets the strictest rules. */
const context = `^libs/(?!(?:kernel|${registry}|${engines.join('|')})/)([^/]+)/`;
/** The file of a context that is named after it: its decider. */
const contextDoor = '^libs/(?<name>[^/]+)/\\k<name>[.]ts$';
/** What the policy registry shows to the contexts whose policies it keeps: the history, and how a group is written down. */
const policyDoors = '^libs/policy/(policy|group)[.]ts$';
const registryFolder = `^libs/${registry}/`;

/** Matches a package whether it is installed or not, so that a rule does not sleep until somebody installs it. */
const packages = (...names) => `(^|node_modules/)(@types/)?(${names.join('|')})(/|$)`;

/** Who may import whom. Every rule has its counter-examples in import-examples.ts; the comment says why, and what to do instead. */
const forbidden = [
  {
    name: 'kernel-stands-alone',
    comment:
      'Everything rests on the kernel, so it rests on nothing but zod and the Temporal polyfill. ' +
      'Move what needs more to an engine, or hand the value in.',
    from: { path: '^libs/kernel/', pathNot: testCode },
    to: { pathNot: ['^libs/kernel/', packages('zod', 'temporal-polyfill')] },
  },
  {
    name: 'rules-are-pure',
    comment:
      "A context's own files (all but tables/) must give the same answer for ever, so they see no clock, no store and no I/O. " +
      'Let the value arrive in the command or in Deciding; a pure library is added to the list here by name.',
    from: { path: `${context}[^/]+[.]ts$`, pathNot: testCode },
    to: {
      pathNot: [
        '^libs/kernel/',
        '^libs/$1/[^/]+[.]ts$',
        `${context}events[.]ts$`,
        policyDoors,
        packages('zod', 'temporal-polyfill', 'nzh'),
      ],
    },
  },
  {
    name: 'contexts-meet-in-events',
    comment:
      'Contexts change independently; what one has promised to the others is its events. ' +
      'Fold its events.ts to what you need. Policies are the one foreign history that comes ready folded.',
    from: { path: context },
    to: { path: context, pathNot: ['^libs/$1/', '^libs/[^/]+/events[.]ts$', policyDoors] },
  },
  {
    name: 'engines-know-no-context',
    comment:
      'An engine serves every context, also the next one. Hand the table (events, decider, shapes) in from the app.',
    from: { path: engine },
    to: { path: context },
  },
  {
    name: 'registry-only-gathers',
    comment:
      'The registry is one line for each context and decides nothing, so it knows their doors only. ' +
      'Put what needs more into the context, or into the app that needs it.',
    from: { path: registryFolder, pathNot: testCode },
    to: {
      pathNot: [
        registryFolder,
        '^libs/kernel/',
        '^libs/projection/(projection[.]ts$|care(-events)?[.]ts$|tables/)',
        '^libs/timers/migrations/',
        '^libs/timers/(care(-events)?[.]ts$|tables/)',
        '^libs/reactions/(reaction-events|repair(-events)?|fan-out(-job|-events)?)[.]ts$',
        `${context}(events|deadlines|policy)[.]ts$`,
        contextDoor,
        `${context}tables/`,
        '^libs/policy/(group|register|registry)[.]ts$',
      ],
    },
  },
  {
    name: 'registry-is-for-apps',
    comment:
      'Who imports the registry knows every context, and only an app may. ' +
      'An engine is handed what it serves; a context names the one other context that it needs.',
    from: { path: '^libs/', pathNot: [registryFolder, testCode] },
    to: { path: registryFolder },
  },
  {
    name: 'deciders-for-those-who-decide',
    comment:
      'Deciders come with every rule of the system. Readers get by with events.ts, tables.ts and policy-groups.ts of the registry.',
    from: { path: '^apps/', pathNot: ['^apps/(commands|timers|cli)/', testCode] },
    to: { path: `${registryFolder}(deciders|policies)[.]ts$` },
  },
  {
    name: 'one-door-to-eventstoredb',
    comment:
      "The client's bugs are known and handled in one place. Ask libs/event-store; only the embedded node, " +
      'which speaks the same protocol from the other side, needs the generated code too.',
    from: { pathNot: ['^libs/event-store/', '^libs/embedded/node/', '^test/', testCode] },
    to: { path: packages('@eventstore/db-client', '@grpc/grpc-js', 'google-protobuf') },
  },
  {
    name: 'one-door-to-postgres',
    comment:
      'Only the engines that need set-based statements or locks speak SQL through pg. Queries go through TypeORM.',
    from: { pathNot: ['^libs/(projection|timers|embedded)/', '^test/', testCode] },
    to: { path: packages('pg') },
  },
  {
    name: 'commands-reach-no-table',
    comment:
      'A decision rests on streams alone: tables lag, and are dropped and rebuilt. Declare the foreign stream in needs instead.',
    from: { path: '^apps/commands/', pathNot: testCode },
    to: {
      path: [
        '^libs/[^/]+/tables/',
        '^libs/projection/(?!care)',
        packages('typeorm', '@nestjs/typeorm', 'pg'),
      ],
      reachable: true,
    },
  },
  {
    name: 'readers-never-decide',
    comment:
      'A rule that changes must not change what was decided, so readers see decisions only. ' +
      "Put what is missing into the event; import events.ts, state or deadlines.ts rather than the context's door.",
    from: { path: '^apps/(queries|projections)/', pathNot: testCode },
    to: { path: `${context}decide[^/]*[.]ts$`, reachable: true },
  },
  {
    name: 'apps-are-leaves',
    comment:
      'What two apps share belongs to libs. Only standalone, which is all apps in one process, may import apps.',
    from: { path: '^(apps|libs)/([^/]+)/', pathNot: '^apps/standalone/' },
    to: { path: '^apps/', pathNot: '^$1/$2/' },
  },
  {
    name: 'tests-are-leaves',
    comment: 'What runs in production must not rest on a test. Move what both need out of the test.',
    from: { path: '^(apps|libs)/', pathNot: testCode },
    to: { path: ['^test/', testCode] },
  },
  {
    name: 'no-cycles',
    comment:
      'Files in a cycle are one file in pieces. Find the noun that both need and give it a file below them.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-barrels',
    comment: 'A barrel pulls in what nobody asked for, and reachability with it. Import the file itself.',
    from: { path: '(^|/)index[.]ts$' },
    to: {},
  },
  {
    name: 'folders-by-name',
    comment:
      'A way through ../../ breaks when either end moves, and hides that another folder is entered. Import #folder/file.',
    from: { path: '^(apps|libs|test)/([^/]+)/' },
    to: { path: '^libs/', pathNot: '^$1/$2/', dependencyTypesNot: ['aliased-subpath-import'] },
  },
  {
    name: 'declared-dependencies',
    comment:
      'A production image holds only what package.json lists under dependencies. Add it there, or do without.',
    from: { path: '^(apps|libs)/', pathNot: testCode },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'everything-resolves',
    comment:
      'An import that cannot be followed hides what lies behind it from every rule above. A new folder of libs/ needs its line ' +
      'in the imports of package.json, with the condition source.',
    from: {},
    to: { couldNotResolve: true },
  },
].map((rule) => ({ ...rule, severity: 'error' }));

export default {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports count: who knows another's types is coupled to it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // `source` leads #folder/file to libs/ instead of dist/, where there may be nothing, or yesterday's build.
      conditionNames: ['source', 'types', 'import', 'node', 'default'],
    },
  },
};
