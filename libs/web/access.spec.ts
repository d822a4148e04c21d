import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { until } from '../../test/support/projecting.js';
import { send, serveLamps, type Harness } from './harness.fixture.js';
import { serve } from './serve.js';
import { readSettings, webSettings } from './settings.js';

const issuer = 'https://issuer.test';
const light = '/v1/lamps/7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11/light';

describe('tokens of an issuer', () => {
  let lamp: Harness;
  let jwks: Server;
  const keys: Record<string, { privateKey: CryptoKey; publicKey: CryptoKey }> = {};

  beforeAll(async () => {
    const published: object[] = [];
    for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA', 'RS512']) {
      const pair = await generateKeyPair(alg, { extractable: true });
      keys[alg] = pair;
      published.push({ ...(await exportJWK(pair.publicKey)), kid: alg, alg });
    }
    jwks = createServer((_request, response) => response.end(JSON.stringify({ keys: published })));
    await new Promise<void>((listening) => jwks.listen(0, '127.0.0.1', listening));
    // A TCP server's address is an AddressInfo.
    const { port } = jwks.address() as AddressInfo;
    lamp = await serveLamps({
      OIDC_ISSUER: issuer,
      OIDC_AUDIENCE: 'fourstar',
      OIDC_JWKS_URL: `http://127.0.0.1:${port}/keys`,
    });
  });
  afterAll(async () => {
    await lamp.close();
    await new Promise((closed) => jwks.close(closed));
  });

  interface Claims {
    readonly [claim: string]: unknown;
  }
  const good: Claims = {
    iss: issuer,
    aud: 'fourstar',
    sub: 'staff-7',
    roles: ['electrician'],
    exp: now() + 60,
  };
  const sign = (
    claims: Claims,
    alg = 'ES256',
    kid = alg,
    key: CryptoKey | Uint8Array | undefined = keys[alg]?.privateKey,
  ) => {
    if (!key) throw new Error(`no key for ${alg}`);
    return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
  };
  const ask = (token?: string, path = light) => send('POST', `${lamp.url}${path}`, token, {}, {});
  const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('lets a token signed with %s pass', async (alg) => {
    expect((await ask(await sign(good, alg))).status).toBe(200);
    expect(lamp.arrived.at(-1)?.cause).toMatchObject({ actor: 'staff-7', authority: 'electrician' });
  });

  it('refuses a token that it has let pass before, once that has expired', async () => {
    const token = await sign({ ...good, exp: now() - 2 });
    expect((await ask(token)).status).toBe(200);
    await until(async () => (await ask(token)).status === 401);
  });

  const without = (claim: string) =>
    Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));
  it.each<[string, () => Promise<string | undefined>, RegExp]>([
    ['no token', async () => undefined, /Authorization/],
    ['no JWT', async () => 'abc', /accepts/],
    ['an expired token', () => sign({ ...good, exp: now() - 60 }), /expired/],
    ['a token of the future', () => sign({ ...good, nbf: now() + 60 }), /nbf/],
    ['a token that never expires', () => sign(without('exp')), /exp/],
    ['another audience', () => sign({ ...good, aud: 'else' }), /aud/],
    ['another issuer', () => sign({ ...good, iss: 'https://else.test' }), /iss/],
    ['no subject', () => sign(without('sub')), /sub/],
    ['a subject that is no reference', () => sign({ ...good, sub: '张三' }), /sub/],
    ['the system’s own name', () => sign({ ...good, sub: 'system:timers' }), /sub/],
    ['an unsigned token', async () => `${b64({ alg: 'none' })}.${b64(good)}.`, /accepts|Authorization/],
    ['an algorithm that is not listed', () => sign(good, 'RS512'), /accepts/],
    ['an unknown key', () => sign(good, 'ES256', 'other'), /accepts/],
    ['a key of another algorithm', () => sign(good, 'ES256', 'RS256'), /accepts/],
    [
      'the public key used as a shared secret',
      async () => {
        if (!keys['RS256']) throw new Error('no key');
        const secret = new TextEncoder().encode(await exportSPKI(keys['RS256'].publicKey));
        return sign(good, 'HS256', 'RS256', secret);
      },
      /accepts/,
    ],
    [
      'a changed payload',
      async () => {
        const [header, , signature] = (await sign(good)).split('.');
        return `${header}.${b64({ ...good, sub: 'staff-8' })}.${signature}`;
      },
      /accepts/,
    ],
  ])('refuses %s', async (_what, token, detail) => {
    const before = lamp.arrived.length;
    const reply = await ask(await token());
    expect(reply.status).toBe(401);
    expect(reply.body).toMatchObject({
      type: '/problems/unauthenticated',
      detail: expect.stringMatching(detail),
    });
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer realm="fourstar"/);
    expect(lamp.arrived).toHaveLength(before);
  });

  it.each([
    ['another role', ['tenant']],
    ['no roles', undefined],
    ['roles that are no list', 'electrician'],
  ])('forbids what needs a role to a token with %s, and names the role', async (_what, roles) => {
    const reply = await ask(await sign({ ...good, roles }), '/v1/lamps');
    expect(reply.status).toBe(403);
    expect(reply.body).toMatchObject({ type: '/problems/forbidden', rolesNeeded: ['electrician'] });
  });

  it('says 503, not 401, when the issuer’s keys cannot be fetched', async () => {
    const cutOff = await serveLamps({
      OIDC_ISSUER: issuer,
      OIDC_AUDIENCE: 'fourstar',
      OIDC_JWKS_URL: 'http://127.0.0.1:1/keys',
    });
    try {
      const reply = await send('POST', `${cutOff.url}${light}`, await sign(good), {}, {});
      expect(reply).toMatchObject({ status: 503, body: { type: '/problems/issuer-unavailable' } });
    } finally {
      await cutOff.close();
    }
  });

  it('issues no development tokens', () => {
    expect(lamp.issueDevelopmentToken).toBeUndefined();
    expect(lamp.told).toEqual([]);
  });
});

describe('the development tokens', () => {
  it('are of two persons, carry all roles, are told at the start, and are never logged', async () => {
    const lamp = await serveLamps();
    try {
      const [token, second] = lamp.told.map((line) => line.match(/\S+$/)?.[0]);
      expect((await send('POST', `${lamp.url}/v1/lamps`, token, {}, { owner: 'c-1', watts: 1 })).status).toBe(
        201,
      );
      expect((await send('GET', `${lamp.url}/v1/lamps`, token)).status).toBe(200);
      await send('POST', `${lamp.url}/v1/lamps`, second, {}, { owner: 'c-1', watts: 1 });
      expect(lamp.arrived.map(({ cause }) => cause.actor)).toEqual(['dev', 'dev-second']);
      expect(lamp.lines.join()).not.toContain(token);
      expect(lamp.lines.join()).not.toContain(second);
    } finally {
      await lamp.close();
    }
  });

  it('is never made for an address that others can reach', async () => {
    const settings = { ...readSettings(webSettings, { PORT: '0' }), HOST: '0.0.0.0' };
    const serving = { settings, api: { title: 'Lamps', version: '1' }, tell: () => {} };
    await expect(serve([], serving)).rejects.toThrow('loopback address only, not 0.0.0.0');
  });

  it('is worth nothing in another process', async () => {
    const [one, other] = [await serveLamps(), await serveLamps()];
    try {
      const token = await one.token(['tenant']);
      expect((await send('GET', `${other.url}/v1/lamps`, token)).status).toBe(401);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });
});

it('does not start with a route that names no roles', async () => {
  @Controller()
  class Forgotten {
    @Get('forgotten')
    read(): string {
      return 'for all to see';
    }
  }
  class Careless {}
  await expect(serveLamps({}, [{ module: Careless, controllers: [Forgotten] }])).rejects.toThrow(
    'Forgotten.read is a route that names no roles',
  );
});

function now(): number {
  return Math.floor(Date.now() / 1000);
}
