import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, serveLamps, type Harness } from './harness.fixture.js';
import { logId } from './lamp.fixture.js';

describe('readings over HTTP', () => {
  let lamp: Harness;
  let token: string;
  const get = (path: string, headers: Record<string, string> = {}) =>
    send('GET', `${lamp.url}${path}`, token, headers);

  beforeAll(async () => {
    lamp = await serveLamps();
    token = await lamp.token(['tenant'], 'c-1');
  });
  afterAll(() => lamp.close());

  it('hands the parsed query, the position, the language and the caller to the handler', async () => {
    const reply = await get(`/v1/lamps?limit=7&owner=c-9&atLeast=${logId}/42`, {
      'accept-language': 'zh-CN',
    });
    expect(reply.body['asked']).toEqual({
      params: {},
      query: { limit: 7, owner: 'c-9' },
      atLeast: `${logId}/42`,
      language: 'zh',
      caller: { actor: 'c-1', roles: ['tenant'], authority: 'tenant' },
    });
  });

  it('takes 50 for a page when nothing is said', async () => {
    expect((await get('/v1/lamps')).body['asked']).toMatchObject({ query: { limit: 50 }, language: 'en' });
  });

  it('writes a bigint as decimal text and a date in ISO 8601, not to be kept', async () => {
    const reply = await get('/v1/lamps');
    expect(reply.body).toMatchObject({ watts: '1152921504606846976', hungAt: '1970-01-01T00:00:00.000Z' });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('fourstar-position')).toBe(`${logId}/1`);
  });

  it('parses what varies in the path', async () => {
    expect(await get('/v1/lamps/7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11')).toMatchObject({ status: 200 });
    expect((await get('/v1/lamps/7')).body['errors']).toMatchObject([{ in: 'path', path: '/id' }]);
  });
});
