import type { z } from 'zod';
import { medium, noticeEffect, party, timeliness, withdrawalBasis } from '#contract/events';
import type { NoticeRow } from '#contract/tables/notices';
import type { Language } from '#web/language';
import { naming } from './coded.js';
import type { noticeAnswer } from './contract-answer.js';
import { allExplained } from './why.js';

export function viewOfNotice(notice: NoticeRow, language: Language): z.output<typeof noticeAnswer> {
  const { accepted, decidedBy, decidedAt, withdrawnAt, withdrawalBasis: basis } = notice;
  const isDecided = accepted !== null && decidedBy !== null && decidedAt !== null;
  return {
    id: notice.id,
    termNo: notice.termNo,
    givenBy: naming(party, language)(notice.givenBy),
    medium: naming(medium, language)(notice.medium),
    sentAt: notice.sentAt,
    arrivedAt: notice.arrivedAt,
    evidence: notice.evidence,
    enteredBy: notice.enteredBy,
    enteredAt: notice.enteredAt,
    timeliness: naming(timeliness, language)(notice.timeliness),
    effect: naming(noticeEffect, language)(notice.effect),
    decided: isDecided ? { accepted, by: decidedBy, at: decidedAt } : null,
    withdrawn: withdrawnAt && basis && { at: withdrawnAt, basis: naming(withdrawalBasis, language)(basis) },
    rescindedAt: notice.rescindedAt,
    why: allExplained(notice.why, language),
  };
}
