import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { policyGroups } from '#contexts/policy-groups';
import { labelled } from '#kernel/label';
import { instant, type Instant } from '#kernel/time';
import type { PolicyGroup } from '#policy/group';
import { lastInForce } from '#policy/policy';
import { policies, PolicyRow } from '#policy/tables/policies';
import { auditIndex } from '#projection/tables/audit-index';
import type { Language } from '#web/language';
import { Problem, problems } from '#web/problem';
import { businessNow } from './business-time.js';
import { coded, naming } from './coded.js';
import { incompleteness } from './incomplete.js';
import { Snapshots, type Reflected } from './snapshot.js';

const sourceTag = labelled({
  S: { en: 'stated by the agreement', zh: '协议明示' },
  'S?': { en: 'stated, but the text is damaged', zh: '协议明示但文字残缺' },
  L: { en: 'law', zh: '法律规定' },
  P: { en: 'an unofficial page', zh: '非官方页面' },
  B: { en: 'background', zh: '背景资料' },
  D: { en: 'chosen here', zh: '自行选定' },
  '-': { en: 'a convention of the whole system', zh: '系统约定' },
});
const versionState = labelled({
  proposed: { en: 'proposed', zh: '已提议' },
  scheduled: { en: 'in force later', zh: '待生效' },
  'in-force': { en: 'in force', zh: '生效中' },
  superseded: { en: 'no longer in force', zh: '已失效' },
});

const policyKey = z.object({
  key: z.string(),
  value: z.unknown().meta({ description: 'In force now; the built-in default where no version is.' }),
  source: coded.meta({ description: 'How sure the default is.' }),
  description: z.string(),
  openQuestion: z.int().nullable().meta({ description: 'The question that may change it (domain.md 8).' }),
});
const policyVersion = z.object({
  version: z.int(),
  state: coded,
  values: z.record(z.string(), z.unknown()),
  proposedBy: z.string(),
  proposedAt: instant,
  activatedBy: z.string().nullable(),
  activeFrom: instant.nullable(),
});
const policyAnswer = z.object({
  group: z.string(),
  version: z.int().nullable().meta({ description: 'In force now.' }),
  keys: z.array(policyKey),
  versions: z.array(policyVersion),
});
export const policiesAnswer = z.object({
  asOf: instant.meta({ description: 'What the business clock showed.' }),
  groups: z.array(policyAnswer),
  ...incompleteness,
});
type Policies = z.output<typeof policiesAnswer>;

/** Every group with its keys, and the versions that are not in force yet; of a group that is named, all versions. */
export class GetPolicies extends Query<Reflected<Policies>> {
  constructor(
    readonly group: string | undefined,
    readonly language: Language,
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(GetPolicies)
export class GetPoliciesHandler implements IQueryHandler<GetPolicies> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({ group, language, atLeast }: GetPolicies): Promise<Reflected<Policies>> {
    const asked = Object.entries(policyGroups).filter(([name]) => group === undefined || name === group);
    if (asked.length === 0) throw new Problem(problems.notFound, 'There are no policies with this name.');
    const { answer, ...reflected } = await this.snapshots.read(
      [policies, auditIndex],
      atLeast,
      async (tables) => ({
        asOf: await businessNow(tables),
        rows: await tables.find(PolicyRow, { where: group ? { group } : {}, order: { version: 'ASC' } }),
      }),
    );
    const { asOf, rows } = answer;
    const groups = asked.map(([name, known]) => {
      const whole = viewOf(
        name,
        known,
        rows.filter((row) => row.group === name),
        asOf,
        language,
      );
      return group ? whole : { ...whole, versions: whole.versions.filter(isToCome) };
    });
    return { answer: { asOf, groups }, ...reflected };
  }
}

const isToCome = ({ state }: z.output<typeof policyVersion>): boolean =>
  state.code === 'proposed' || state.code === 'scheduled';

function viewOf(
  group: string,
  { keys, defaults }: PolicyGroup,
  rows: readonly PolicyRow[],
  now: Instant,
  language: Language,
): z.output<typeof policyAnswer> {
  const inForce = lastInForce(rows, now);
  const nameSource = naming(sourceTag, language);
  const nameState = naming(versionState, language);
  return {
    group,
    version: inForce?.version ?? null,
    keys: Object.entries(keys).map(([key, { source, description, openQuestion = null }]) => ({
      key,
      value: inForce?.values[key] ?? defaults[key],
      source: nameSource(source),
      description,
      openQuestion,
    })),
    versions: rows.map((row) => ({
      version: row.version,
      state: nameState(stateOf(row, inForce, now)),
      values: row.values,
      proposedBy: row.proposedBy,
      proposedAt: row.proposedAt,
      activatedBy: row.activatedBy,
      activeFrom: row.activeFrom,
    })),
  };
}

function stateOf(
  { version, activeFrom }: PolicyRow,
  inForce: PolicyRow | undefined,
  now: Instant,
): (typeof versionState.options)[number] {
  if (activeFrom === null) return 'proposed';
  if (activeFrom > now) return 'scheduled';
  return version === inForce?.version ? 'in-force' : 'superseded';
}
