import { z } from 'zod';
import type { Decided, Rules } from '#kernel/decider';
import { refuser } from '#kernel/refusal';
import { sameData } from '#kernel/same';
import { BUSINESS_ZONE, startOfDay, type Instant } from '#kernel/time';
import type { policyCommands } from './commands.js';
import type { policyEvents } from './events.js';
import type { PolicyGroup, PolicyGroups, PolicyValues } from './group.js';
import { activated, versionInForce, type PolicyState } from './policy.js';
import { policyRefusals } from './refusals.js';

const refuse = refuser(policyRefusals);

type PolicyDecided = Decided<typeof policyEvents.shapes>;

/** The rules of the policy registry, over the groups that this release knows. */
export const decidePolicy = (
  groups: PolicyGroups,
): Rules<PolicyState, typeof policyCommands, typeof policyEvents.shapes> => ({
  AdoptPolicyDefaults(state, _, { id, at }) {
    const { defaults } = groupOf(groups, id);
    const isComplete = ({ values }: { values: PolicyValues }) =>
      Object.keys(defaults).every((name) => name in values);
    // A proposal that nobody has put into force stays out of it; a version that comes later needs the new key as well.
    const now = { activeFrom: at, values: versionInForce(state, at)?.values ?? {} };
    const coming = activated(state).filter(({ activeFrom }) => activeFrom > at);
    const lacking = [now, ...coming].filter((version) => !isComplete(version));
    return lacking.flatMap(({ activeFrom, values }, index) => {
      const version = state.length + 1 + index;
      const adopted = { type: 'PolicyActivated' as const, data: { version, activeFrom } };
      return [proposed(version, { ...defaults, ...values }), { ...adopted, effectiveAt: activeFrom }];
    });
  },

  ProposePolicy(state, { changes }, { id }) {
    const latest = state.at(-1);
    const values = { ...lastAgreed(state)?.values, ...changes };
    refuseInvalid(groupOf(groups, id), values);
    return latest && sameData(latest.values, values) ? [] : [proposed(state.length + 1, values)];
  },

  ActivatePolicy(state, { version, activeFromOn }, { id, at, actor }) {
    const proposal = state.find((known) => known.version === version);
    if (!proposal) return refuse('no-such-policy-version', `There is no version ${version} to activate.`);
    const activeFrom = startOfDay(activeFromOn, BUSINESS_ZONE);
    if (proposal.activeFrom === activeFrom) return [];
    if (proposal.activeFrom)
      refuse('policy-already-active', `Version ${version} is active from ${proposal.activeFrom} on.`);
    if (proposal.proposedBy === actor)
      refuse('four-eyes', 'Whoever proposed a policy cannot put it into force.');
    refuseRetroactive(activeFrom, at);
    // A release may have added a key since it was proposed.
    refuseInvalid(groupOf(groups, id), proposal.values);
    return [
      { type: 'PolicyActivated', data: { version, activeFromOn, activeFrom }, effectiveAt: activeFrom },
    ];
  },
});

/** The last version that two people have agreed on, in force or still to come. What is only proposed is nobody's basis. */
const lastAgreed = (state: PolicyState) => state.findLast(({ activeFrom }) => activeFrom !== undefined);

function groupOf(groups: PolicyGroups, id: string): PolicyGroup {
  return (
    groups[id] ??
    refuse('no-such-policy', `There are no policies named ${id}; known: ${Object.keys(groups).join(', ')}.`)
  );
}

function refuseInvalid(group: PolicyGroup, values: PolicyValues): void {
  const parsed = group.shape.safeParse(values);
  if (!parsed.success) refuse('policy-values-invalid', z.prettifyError(parsed.error));
}

function refuseRetroactive(activeFrom: Instant, at: Instant): void {
  if (activeFrom <= at)
    refuse('policy-retroactive', `It would be in force from ${activeFrom} on, and it is ${at} already.`);
}

const proposed = (version: number, values: PolicyValues): PolicyDecided => ({
  type: 'PolicyProposed',
  data: { version, values },
});
