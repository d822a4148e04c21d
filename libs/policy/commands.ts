import { z } from 'zod';
import type { CommandTable } from '#kernel/command';
import { localDate } from '#kernel/time';
import { policyValues } from './events.js';

/** What can be asked of the policies of one context; `{id}` is the context's name. */
export const policyCommands = {
  AdoptPolicyDefaults: {
    shape: z.strictObject({}),
    roles: [],
    does: 'Puts the built-in defaults into force where a key has no value yet; the system asks it at every start.',
  },
  ProposePolicy: {
    shape: z.strictObject({
      changes: policyValues.meta({
        description: 'The keys that change, with their new values; the others stay as they are.',
      }),
    }),
    route: 'POST /policies/{id}/propose',
    roles: ['policy-owner'],
    does: 'Proposes a new version of the policies of a context.',
    sensitive: true,
  },
  ActivatePolicy: {
    shape: z.strictObject({ version: z.int().min(1), activeFromOn: localDate }),
    route: 'POST /policies/{id}/activate',
    roles: ['policy-owner'],
    does: 'Puts a proposed version into force from a coming day on. Somebody else than its proposer must ask this.',
    sensitive: true,
  },
} as const satisfies CommandTable;
