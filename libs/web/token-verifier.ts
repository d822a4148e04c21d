import { LRUCache } from 'lru-cache';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { reference } from '#kernel/text';
import { Problem, problems } from './problem.js';

/** Signatures by an issuer's private key only: neither `none` nor a shared secret is ever accepted. */
const issuerAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

export interface Identity {
  readonly actor: string;
  readonly roles: readonly string[];
}

/** Names beginning so are the system's own and never a token's. */
const reserved = /^system:/i;
const subject = reference.refine((sub) => !reserved.test(sub));
const roles = z.array(z.string()).catch([]);

/** A signature is checked again after so long, or as soon as the token expires: a key that its issuer withdraws is soon out of use. */
const TRUSTED_MS = 60_000;
const TRUSTED_MAX = 10_000;
const TOLERANCE_SECONDS = 5;

/** Checks bearer tokens (JWT, RFC 7519 and 8725) of one issuer for one audience. */
export class TokenVerifier {
  /** By the token: checking a signature takes longer than most commands. */
  private readonly trusted = new LRUCache<string, Identity>({ max: TRUSTED_MAX });

  constructor(
    private readonly keys: JWTVerifyGetKey,
    private readonly issuer: string,
    private readonly audience: string,
    private readonly algorithms: readonly string[] = issuerAlgorithms,
  ) {}

  /** The keys are fetched when first needed, kept for ten minutes, and asked for again at most every 30 s for an unknown one. */
  static remote(jwksUrl: string, issuer: string, audience: string): TokenVerifier {
    const keys = createRemoteJWKSet(new URL(jwksUrl), {
      cacheMaxAge: 600_000,
      cooldownDuration: 30_000,
      timeoutDuration: 3_000,
    });
    return new TokenVerifier(keys, issuer, audience);
  }

  /** Throws a `Problem`: 401 when the token is not to be trusted, 503 when that cannot be told now. */
  async verify(token: string): Promise<Identity> {
    const known = this.trusted.get(token);
    if (known) return known;
    const { identity, expiresAtMs } = await this.check(token);
    const trustedMs = Math.min(TRUSTED_MS, expiresAtMs - Date.now());
    if (trustedMs > 0) this.trusted.set(token, identity, { ttl: trustedMs });
    return identity;
  }

  private async check(token: string): Promise<{ identity: Identity; expiresAtMs: number }> {
    const { payload } = await jwtVerify(token, this.keys, {
      algorithms: [...this.algorithms],
      issuer: this.issuer,
      audience: this.audience,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: TOLERANCE_SECONDS,
    }).catch(notVerified);
    const actor = subject.safeParse(payload.sub);
    if (!actor.success) {
      throw unauthenticated('The token’s `sub` must be a reference of 1-120 letters, digits and . _ : / -');
    }
    const identity = { actor: actor.data, roles: roles.parse(payload['roles']) };
    // Required above.
    return { identity, expiresAtMs: ((payload.exp ?? 0) + TOLERANCE_SECONDS) * 1_000 };
  }
}

/** 401 with the challenge of RFC 6750; without a token it names no error. */
export const unauthenticated = (sentence?: string) =>
  new Problem(problems.unauthenticated, sentence, {
    wwwAuthenticate: `Bearer realm="fourstar"${sentence ? ', error="invalid_token"' : ''}`,
  });

function notVerified(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw unauthenticated('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    throw unauthenticated(`The token’s claim \`${error.claim}\` is missing or not accepted here.`);
  }
  if (!(error instanceof errors.JOSEError) || issuerFailures.has(error.code)) {
    throw new Problem(problems.issuerUnavailable);
  }
  throw unauthenticated('The token is not one that this service accepts.');
}

/** How jose reports a key set that did not come, came late or cannot be read. */
const issuerFailures = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);
