import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readSettings, webSettings } from './settings.js';

const read = (environment: Record<string, string>) => readSettings(webSettings, environment);
const issuer = { OIDC_ISSUER: 'https://i', OIDC_AUDIENCE: 'a', OIDC_JWKS_URL: 'https://i/keys' };

describe('settings', () => {
  it('are complete without an environment, on loopback', () => {
    expect(read({ PORT: '', PATH: '/bin' })).toEqual({
      HOST: '127.0.0.1',
      PORT: 3000,
      LOG_LEVEL: 'info',
      MAX_IN_FLIGHT: 256,
      REQUEST_TIMEOUT_MS: 15_000,
      DRAIN_TIMEOUT_MS: 20_000,
    });
  });

  it('name every variable that is wrong and what is expected, without its value', () => {
    const wrong = { PORT: 'http-secret', LOG_LEVEL: 'loud-secret', OIDC_JWKS_URL: 'secret' };
    expect(() => read(wrong)).toThrow(
      [
        'PORT: expected a port (0 takes a free one), a whole number from 0 to 65535',
        'LOG_LEVEL: expected fatal, error, warn, info, debug or silent',
        'OIDC_JWKS_URL: expected the http(s) address of the issuer’s keys',
      ].join('\n'),
    );
    expect(() => read(wrong)).not.toThrow('secret\n');
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.org'])(
    'refuse to serve on %s without an issuer',
    (HOST) => {
      expect(() => read({ HOST })).toThrow(
        'OIDC_ISSUER: expected the issuer of tokens; without one HOST must be a loopback',
      );
      expect(read({ HOST, ...issuer })).toMatchObject({ HOST });
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('need no issuer on %s', (HOST) => {
    expect(read({ HOST })).toMatchObject({ HOST });
  });

  it('want the audience and the keys of an issuer', () => {
    expect(() => read({ OIDC_ISSUER: 'https://i' })).toThrow(/^OIDC_AUDIENCE: .*\nOIDC_JWKS_URL: /);
  });

  it('are extended by an app with its own', () => {
    const own = webSettings.safeExtend({ EVENTSTORE_URL: z.string('the address of the log') });
    expect(() => readSettings(own, {})).toThrow('EVENTSTORE_URL: expected the address of the log');
    expect(() => readSettings(own, { HOST: '0.0.0.0', EVENTSTORE_URL: 'esdb://x' })).toThrow('OIDC_ISSUER');
  });
});
