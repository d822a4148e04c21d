import type { Api } from './api.js';

/** The agreement of domain.md 1.5: a leased 100 Mbit/s line at one site; the parties are invented. */
const agreement = {
  customerId: '11111111-2222-4333-8444-555555555555',
  carrierBranch: 'branch-tianjin-nankai',
  product: 'leased-ip-line',
  bandwidthMbps: 100,
  sites: ['site-incubator-1'],
  paymentManner: 'transfer-cheque',
  waiverReason: 'group-agreement',
};
const fee = { annualFeeFen: 12_000_000, annualFeeCapital: '壹拾贰万元整' };

/** The day on which each of the four acts is done. The last one makes the contract effective. */
const acts = [
  { party: 'A', act: 'sign', on: '2025-03-10' },
  { party: 'A', act: 'seal', on: '2025-03-10' },
  { party: 'B', act: 'sign', on: '2025-03-12' },
  { party: 'B', act: 'seal', on: '2025-03-15' },
] as const;

/** When the demonstration's clock starts. */
export const begins = '2025-03-03T09:00:00+08:00';

/** Plays a contract from its draft to its end, and answers its id. `say` is told what happens. */
export async function play(api: Api, say: (line: string) => void): Promise<string> {
  const { id } = await api.post<{ id: string }>('/contracts', agreement);
  const contract = `/contracts/${id}`;
  say('drafted: leased line, 100 Mbit/s, one site, one-year term, one month’s notice');
  await api.post(`${contract}/fee`, fee);
  say(`annual fee ${fee.annualFeeFen} fen, in capital figures ${fee.annualFeeCapital}`);
  await api.post(`${contract}/responsibility-letter`, { letter: 'letter-2025-0117' });
  for (const { party, act, on } of acts) {
    await advance(api, `${on}T15:00:00+08:00`);
    await api.post(`${contract}/${act}`, {
      party,
      on,
      evidence: `scan-${party}-${act}`,
      signatory: `signatory-${party}`,
    });
    say(`${on}: party ${party} ${act === 'sign' ? 'signed' : 'sealed'}`);
  }
  say('… nothing is heard of the parties until February 2028; the clock is moved there');
  await advance(api, '2028-02-10T10:00:00+08:00');
  const notice = {
    from: 'A',
    medium: 'letter',
    arrivedAt: '2028-02-10T09:30:00+08:00',
    evidence: 'scan-notice-1',
  };
  await api.post(`${contract}/notices`, notice);
  say('2028-02-10: a written notice of non-renewal arrives from party A, in time');
  await advance(api, '2028-03-20T09:00:00+08:00');
  return id;
}

const advance = (api: Api, to: string) => api.post('/clock', { to });
