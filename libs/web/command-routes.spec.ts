import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { send, serveLamps, type Harness } from './harness.fixture.js';
import { answerTo, logId } from './lamp.fixture.js';

describe('commands over HTTP', () => {
  let lamp: Harness;
  let token: string;
  const id = '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11';
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send('POST', `${lamp.url}${path}`, token, headers, body);

  beforeAll(async () => {
    lamp = await serveLamps();
    token = await lamp.token(['electrician'], 'staff-7');
  });
  afterAll(() => lamp.close());
  beforeEach(() => {
    lamp.arrived.length = 0;
    lamp.carryOut(async (arrived) => answerTo(arrived));
  });

  it('answers a create with 201, where the new thing is, its revision and its position', async () => {
    const reply = await post('/v1/lamps', { owner: 'c-1', watts: 60 });
    const [arrived] = lamp.arrived;
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`/v1/lamps/${arrived?.id}`);
    expect(reply.headers.get('etag')).toBe('"7"');
    expect(reply.headers.get('fourstar-position')).toBe(`${logId}/9007199254740993`);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual({
      id: arrived?.id,
      revision: '7',
      position: `${logId}/9007199254740993`,
      events: [{ eventId: arrived?.cause.commandId, type: 'LampHung' }],
      repeated: false,
    });
  });
});
