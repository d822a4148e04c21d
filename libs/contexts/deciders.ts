import { contract } from '#contract/contract';
import type { AnyDecider } from '#kernel/decider';
import { projectionCare } from '#projection/care';
import { fanOutJob } from '#reactions/fan-out-job';
import { repair } from '#reactions/repair';
import { timer } from '#timers/care';
import { policyDecider } from './policies.js';

/** Every kind of aggregate that commands are put to: for the processes that decide. */
export const deciders: readonly AnyDecider[] = [
  contract,
  policyDecider,
  timer,
  projectionCare,
  repair,
  fanOutJob,
];
