import type { Files } from './tree.js';

/** A small repository that keeps every rule, with the exceptions that the rules make. */
export const good: Files = {
  'libs/kernel/time.ts': `import { Temporal } from 'temporal-polyfill'; import { z } from 'zod'; export const now = [Temporal, z];`,
  'libs/kernel/decider.ts': `import { now } from './time.js'; export const decider = now;`,
  'libs/contract/events.ts': `import { z } from 'zod'; import { now } from '#kernel/time'; export const signed = [z, now];`,
  'libs/contract/state.ts': `import type { signed } from './events.js'; export type State = typeof signed;`,
  'libs/contract/fee.ts': `import nzh from 'nzh'; export const words = nzh;`,
  'libs/contract/decide.ts': `import { policy } from '#policy/policy'; import { invoiced } from '#billing/events'; import { words } from './fee.js';
    import type { State } from './state.js'; export const decide = (state: State) => [policy, invoiced, words, state];`,
  'libs/contract/deadlines.ts': `import { signed } from './events.js'; export const deadlines = signed;`,
  'libs/contract/contract.ts': `import { decider } from '#kernel/decider'; import { decide } from './decide.js'; import { deadlines } from './deadlines.js';
    export const contract = [decider, decide, deadlines];`,
  'libs/contract/decide.spec.ts': `import { test } from '@jest/globals'; import { execute } from '#event-store/execute'; import { decide } from './decide.js';
    test('', () => void [execute, decide]);`,
  'libs/contract/tables/contracts.ts': `import { Entity } from 'typeorm'; import { rows } from '#projection/rows'; import { signed } from '../events.js';
    import { invoiced } from '#billing/events'; export const contracts = [Entity, rows, signed, invoiced];`,
  'libs/billing/events.ts': `export const invoiced = 1;`,
  'libs/policy/decide.ts': `export const decidePolicy = 1;`,
  'libs/policy/policy.ts': `export const policy = 1;`,
  'libs/policy/group.ts': `export type PolicyGroup = 1;`,
  'libs/policy/registry.ts': `import { decidePolicy } from './decide.js'; import { policy } from './policy.js'; export const registry = [decidePolicy, policy];`,
  'libs/contract/policy.ts': `import type { PolicyGroup } from '#policy/group'; export const contractPolicy: PolicyGroup = 1;`,
  'libs/contexts/events.ts': `import { signed } from '#contract/events'; import { deadlines } from '#contract/deadlines'; export const events = [signed, deadlines];`,
  'libs/contexts/tables.ts': `import { contracts } from '#contract/tables/contracts'; import { projection } from '#projection/projection';
    import { events } from './events.js'; export const tables = [contracts, projection, events];`,
  'libs/contexts/policy-groups.ts': `import { contractPolicy } from '#contract/policy'; export const policyGroups = [contractPolicy];`,
  'libs/contexts/policies.ts': `import { registry } from '#policy/registry'; import { policyGroups } from './policy-groups.js'; export const policies = [registry, policyGroups];`,
  'libs/contexts/deciders.ts': `import { contract } from '#contract/contract'; import { policies } from './policies.js'; export const deciders = [contract, policies];`,
  'libs/event-store/execute.ts': `import { EventStoreDBClient } from '@eventstore/db-client'; import { decider } from '#kernel/decider'; export const execute = [EventStoreDBClient, decider];`,
  'libs/embedded/node/server.ts': `import { Server } from '@grpc/grpc-js'; import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
    export const node = [Server, StreamsService];`,
  'libs/projection/projection.ts': `export const projection = 1;`,
  'libs/projection/rows.ts': `import pg from 'pg'; import { createHash } from 'node:crypto'; export const rows = [pg, createHash];`,
  'libs/timers/claim.ts': `import pg from 'pg'; import { execute } from '#event-store/execute'; export const claim = [pg, execute];`,
  'libs/web/problem.ts': `import { HttpException } from '@nestjs/common'; export const problem = HttpException;`,
  'apps/commands/main.ts': `import { execute } from '#event-store/execute'; import { deciders } from '#contexts/deciders'; import { policies } from '#contexts/policies';
    import { problem } from '#web/problem'; export const commands = [execute, deciders, policies, problem];`,
  'apps/projections/main.ts': `import { tables } from '#contexts/tables'; import { events } from '#contexts/events'; import { deadlines } from '#contract/deadlines';
    export const projections = [tables, events, deadlines];`,
  'apps/queries/main.ts': `import { DataSource } from 'typeorm'; import { contracts } from '#contract/tables/contracts'; import { policyGroups } from '#contexts/policy-groups';
    export const queries = [DataSource, contracts, policyGroups];`,
  'apps/timers/main.ts': `import { claim } from '#timers/claim'; import { deciders } from '#contexts/deciders'; import { tables } from '#contexts/tables';
    export const timers = [claim, deciders, tables];`,
  'apps/standalone/main.ts': `import { node } from '#embedded/node/server'; import { commands } from '../commands/main.js'; import { queries } from '../queries/main.js';
    export const standalone = [node, commands, queries];`,
  'test/e2e/lifecycle.spec.ts': `import { test } from '@jest/globals'; import pg from 'pg'; import { EventStoreDBClient } from '@eventstore/db-client';
    import { standalone } from '../../apps/standalone/main.js'; import { decide } from '#contract/decide'; test('', () => void [pg, EventStoreDBClient, standalone, decide]);`,
};

/** Rule -> the files that break it, each added to the good repository on its own. */
export const counterExamples: Readonly<Record<string, readonly Files[]>> = {
  'kernel-stands-alone': [
    { 'libs/kernel/id.ts': `import { randomUUID } from 'node:crypto'; export const id = randomUUID;` },
    { 'libs/kernel/log.ts': `import type { Logger } from 'pino'; export type Log = Logger;` },
  ],
  'rules-are-pure': [
    {
      'libs/contract/decide-sign.ts': `import { randomUUID } from 'node:crypto'; export const sign = randomUUID;`,
    },
    {
      'libs/contract/terms.ts': `import { execute } from '#event-store/execute'; export const terms = execute;`,
    },
    {
      'libs/contract/explain.ts': `import { Injectable } from '@nestjs/common'; export const explain = Injectable;`,
    },
    {
      'libs/tier/state.ts': `import { rows } from './tables/tiers.js'; export const state = rows;`,
      'libs/tier/tables/tiers.ts': `export const rows = 1;`,
    },
  ],
  'contexts-meet-in-events': [
    {
      'libs/contract/tables/bills.ts': `import type { Bill } from '#billing/state'; export type Row = Bill;`,
      'libs/billing/state.ts': `export type Bill = 1;`,
    },
    {
      'libs/contract/tables/groups.ts': `import { registry } from '#policy/registry'; export const table = registry;`,
    },
    {
      'libs/contract/tables/policies.ts': `import { decidePolicy } from '#policy/decide'; export const table = decidePolicy;`,
    },
  ],
  'engines-know-no-context': [
    {
      'libs/projection/contracts.ts': `import { signed } from '#contract/events'; export const contracts = signed;`,
    },
    { 'libs/timers/renew.ts': `import { policy } from '#policy/policy'; export const renew = policy;` },
  ],
  'registry-only-gathers': [
    {
      'libs/contexts/states.ts': `import type { State } from '#contract/state'; export type States = State;`,
    },
    {
      'libs/contexts/clock.ts': `import { execute } from '#event-store/execute'; export const clock = execute;`,
    },
    {
      'libs/contexts/fees.ts': `import { decide } from '#contract/decide'; export const fees = decide;`,
    },
    { 'libs/contexts/rows.ts': `import { rows } from '#projection/rows'; export const all = rows;` },
  ],
  'registry-is-for-apps': [
    { 'libs/projection/all.ts': `import { tables } from '#contexts/tables'; export const all = tables;` },
    {
      'libs/contract/tables/all.ts': `import { events } from '#contexts/events'; export const all = events;`,
    },
  ],
  'deciders-for-those-who-decide': [
    {
      'apps/standalone/all.ts': `import { deciders } from '#contexts/deciders'; export const all = deciders;`,
    },
    {
      'libs/contexts/policies.ts': `import { policyGroups } from './policy-groups.js'; export const policies = policyGroups;`,
      'apps/queries/policies.ts': `import { policies } from '#contexts/policies'; export const shown = policies;`,
    },
  ],
  'one-door-to-eventstoredb': [
    {
      'libs/projection/source.ts': `import { START } from '@eventstore/db-client'; export const source = START;`,
    },
    { 'libs/embedded/parent.ts': `import { Server } from '@grpc/grpc-js'; export const parent = Server;` },
    {
      'apps/queries/health.ts': `import type { Empty } from 'google-protobuf/google/protobuf/empty_pb.js'; export type Health = Empty;`,
    },
  ],
  'one-door-to-postgres': [
    { 'apps/queries/sql.ts': `import pg from 'pg'; export const sql = pg;` },
    { 'libs/event-store/outbox.ts': `import type { Pool } from 'pg'; export type Outbox = Pool;` },
  ],
  'commands-reach-no-table': [
    {
      'apps/commands/list.ts': `import { contracts } from '#contract/tables/contracts'; export const list = contracts;`,
    },
    {
      'libs/web/page.ts': `import { DataSource } from 'typeorm'; export const page = DataSource;`,
      'apps/commands/page.ts': `import { page } from '#web/page'; export const pages = page;`,
    },
    {
      'libs/event-store/lag.ts': `import { rows } from '#projection/rows'; export const lag = rows;`,
      'apps/commands/lag.ts': `export * from '#event-store/lag';`,
    },
  ],
  'readers-never-decide': [
    {
      'apps/queries/dates.ts': `import { contract } from '#contract/contract'; export const dates = contract;`,
    },
    { 'apps/projections/next.ts': `import { decide } from '#contract/decide'; export const next = decide;` },
    {
      'libs/contract/decide-notice.ts': `export const notice = 1;`,
      'libs/contract/tables/notices.ts': `export { notice } from '../decide-notice.js';`,
      'apps/queries/notices.ts': `import { notice } from '#contract/tables/notices'; export const notices = notice;`,
    },
  ],
  'apps-are-leaves': [
    {
      'apps/timers/both.ts': `import { projections } from '../projections/main.js'; export const both = projections;`,
    },
    { 'libs/web/boot.ts': `import { timers } from '../../apps/timers/main.js'; export const boot = timers;` },
  ],
  'tests-are-leaves': [
    {
      'test/given.ts': `export const given = 1;`,
      'libs/web/given.ts': `import { given } from '../../test/given.js'; export const demo = given;`,
    },
    {
      'libs/web/claim.spec.ts': `export const cases = 1;`,
      'libs/web/claim.ts': `import { cases } from './claim.spec.js'; export const claims = cases;`,
    },
    {
      'libs/web/fixtures/meter.ts': `export const meter = 1;`,
      'libs/web/meter.ts': `import { meter } from './fixtures/meter.js'; export const meters = meter;`,
    },
  ],
  'no-cycles': [
    {
      'libs/web/a.ts': `import { b } from './b.js'; export const a = () => b;`,
      'libs/web/b.ts': `import { a } from './a.js'; export const b = () => a;`,
    },
  ],
  'no-barrels': [{ 'libs/web/index.ts': `export * from './problem.js';` }],
  'folders-by-name': [
    { 'libs/web/time.ts': `import { now } from '../kernel/time.js'; export const time = now;` },
    {
      'apps/timers/problem.ts': `import { problem } from '../../libs/web/problem.js'; export const told = problem;`,
    },
  ],
  'declared-dependencies': [
    { 'libs/web/check.ts': `import fc from 'fast-check'; export const check = fc;` },
    { 'libs/web/words.ts': `import semver from 'semver'; export const words = semver;` },
  ],
  'everything-resolves': [
    { 'libs/web/gone.ts': `import { gone } from './nowhere.js'; export const was = gone;` },
    { 'libs/web/hall.ts': `import { hall } from '#no-such-folder/hall'; export const was = hall;` },
  ],
};
