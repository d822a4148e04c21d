import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyReused, RevisionConflict, StoreUnavailable } from '#event-store/ask';
import { UnknownEventType } from '#event-store/decode';
import { Refusal } from '#kernel/refusal';
import { send, serveLamps, type Harness, type Reply } from './harness.fixture.js';

const id = '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11';
const light = `/v1/lamps/${id}/light`;
const key = { 'idempotency-key': 'k' };

describe('problems', () => {
  let lamp: Harness;
  let token: string;

  beforeAll(async () => {
    lamp = await serveLamps();
    token = await lamp.token(['electrician', 'tenant']);
  });
  afterAll(() => lamp.close());
  beforeEach(() => {
    lamp.arrived.length = 0;
    lamp.lines.length = 0;
  });

  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send('POST', `${lamp.url}${path}`, token, headers, body);
  const get = (path: string) => send('GET', `${lamp.url}${path}`, token);

  function expectProblem(reply: Reply, status: number, code: string): void {
    expect({ status: reply.status, type: reply.body['type'] }).toEqual({ status, type: `/problems/${code}` });
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      instance: `urn:uuid:${reply.headers.get('x-request-id')}`,
    });
  }

  describe('of what the write side throws', () => {
    const raw = { eventId: 'e', type: 'LampGlowed', stream: 'lamp-1', position: 1n };
    const newerEvent = new UnknownEventType(raw, 'unknown');
    const conflict = (pinned: boolean) => new RevisionConflict('lamp-1', 3n, 4n, pinned);
    it.each([
      ['a pinned revision that is gone', conflict(true), 412, 'revision-mismatch'],
      ['retries that ran out', conflict(false), 409, 'conflict'],
      ['a key with another request', new KeyReused('k'), 422, 'idempotency-key-reused'],
      ['a store that does not answer', new StoreUnavailable('gone'), 503, 'store-unavailable'],
      ['an event of a newer release', newerEvent, 503, 'upgrade-pending'],
      ['a bug', new TypeError('secret-7731 is not a function'), 500, 'internal'],
      ['something that is no error', 'secret-7731', 500, 'internal'],
    ])('%s', async (_what, thrown, status, code) => {
      lamp.carryOut(async () => {
        throw thrown;
      });
      const reply = await post(light, {}, key);
      expectProblem(reply, status, code);
      expect(reply.headers.has('retry-after')).toBe(status === 503);
      expect(JSON.stringify(reply.body)).not.toMatch(/secret-7731|\\.ts|node_modules/);
    });

    it('logs a bug with the id that the caller was told', async () => {
      lamp.carryOut(async () => {
        throw new TypeError('what went wrong');
      });
      const reply = await post(light, {});
      const line = lamp.lines.find((text) => text.includes('what went wrong'));
      expect(`urn:uuid:${JSON.parse(line ?? '{}').requestId}`).toBe(reply.body['instance']);
    });

    it('a refusal, its title in the language asked for', async () => {
      const title = { en: 'The lamp is broken', zh: '灯已损坏' };
      lamp.carryOut(async () => {
        throw new Refusal('lamp-broken', title, 'It broke on 2026-02-15; hang a new one.');
      });
      const english = await post(light, {});
      expectProblem(english, 409, 'lamp-broken');
      expect(english.body).toMatchObject({
        title: title.en,
        detail: 'It broke on 2026-02-15; hang a new one.',
      });
      const chinese = await post(light, {}, { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' });
      expect(chinese.body).toMatchObject({ title: title.zh });
      expect(chinese.headers.get('content-language')).toBe('zh-CN');
    });
  });

  describe('of requests', () => {
    const json = { 'content-type': 'application/json' };
    it.each([
      ['broken JSON', () => post(light, '{"a":', json), 400, 'malformed-request'],
      ['empty JSON', () => post(light, '', json), 400, 'malformed-request'],
      ['a poisoned prototype', () => post(light, '{"__proto__":{"a":1}}', json), 400, 'malformed-request'],
      ['a broken address', () => get('/v1/lamps/%zz'), 400, 'malformed-request'],
      [
        'a form',
        () => post(light, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'unsupported-media-type',
      ],
      ['plain text', () => post(light, 'a', { 'content-type': 'text/plain' }), 415, 'unsupported-media-type'],
      ['a body over 256 KiB', () => post(light, { a: 'x'.repeat(256 * 1024) }), 413, 'too-large'],
      ['an unknown address', () => get('/v1/nothing?secret=1'), 404, 'not-found'],
      ['another method', () => send('DELETE', `${lamp.url}/v1/lamps`, token), 404, 'not-found'],
      ['an array for a body', () => post(light, []), 400, 'invalid-request'],
      ['a list of ETags', () => post(light, {}, { 'if-match': '"1", "2"' }), 400, 'invalid-request'],
      ['a weak ETag', () => post(light, {}, { 'if-match': 'W/"1"' }), 400, 'invalid-request'],
      ['any ETag', () => post(light, {}, { 'if-match': '*' }), 400, 'invalid-request'],
      [
        'a key that is too long',
        () => post(light, {}, { 'idempotency-key': 'k'.repeat(201) }),
        400,
        'invalid-request',
      ],
      ['a key with a blank', () => post(light, {}, { 'idempotency-key': 'a b' }), 400, 'invalid-request'],
      ['an unknown channel', () => post(light, {}, { 'fourstar-channel': 'pigeon' }), 400, 'invalid-request'],
      [
        'the system’s own channel',
        () => post(light, {}, { 'fourstar-channel': 'system' }),
        400,
        'invalid-request',
      ],
      [
        'a sensitive command without a reason',
        () => post(`/v1/lamps/${id}/break`, {}),
        400,
        'invalid-request',
      ],
      ['an unknown query field', () => get('/v1/lamps?colour=red'), 400, 'invalid-request'],
      ['a page that is too long', () => get('/v1/lamps?limit=201'), 400, 'invalid-request'],
      ['a position that is none', () => get('/v1/lamps?atLeast=7'), 400, 'invalid-request'],
    ] as const)('%s', async (_what, ask, status, code) => {
      const reply = await ask();
      expectProblem(reply, status, code);
      expect(lamp.arrived).toEqual([]);
      expect(JSON.stringify(reply.body)).not.toContain('secret');
    });

    it('lists everything that is wrong, unknown fields by name', async () => {
      const body = {
        since: 'yesterday',
        colour: 'blue',
        shape: 'round',
        size: 1,
        reason: { code: 'NO', note: 'x' },
      };
      const reply = await post('/v1/lamps/7/light', body, { 'if-match': '7' });
      expectProblem(reply, 400, 'invalid-request');
      const message = expect.any(String);
      expect(reply.body['errors']).toEqual([
        { in: 'path', path: '/id', message },
        { in: 'header', path: '/if-match', message: 'one strong ETag holding a revision, such as "7"' },
        {
          in: 'body',
          path: '/since',
          message: 'an instant with its offset, such as 2026-02-15T23:59:59+08:00',
        },
        { in: 'body', path: '/colour', message },
        { in: 'body', path: '/reason/code', message },
        { in: 'body', path: '/reason/note', message: 'unknown field' },
        { in: 'body', path: '/shape', message: 'unknown field' },
        { in: 'body', path: '/size', message: 'unknown field' },
      ]);
    });
  });

  it('tells what a type means', async () => {
    expect((await get('/problems/lamp-broken')).body).toEqual({
      type: '/problems/lamp-broken',
      status: 409,
      title: { en: 'The lamp is broken', zh: '灯已损坏' },
    });
    expect((await get('/problems/overloaded')).body).toMatchObject({ status: 503 });
    expectProblem(await get('/problems/nothing'), 404, 'not-found');
  });
});
