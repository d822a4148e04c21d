import { z } from 'zod';

/** A whole number in an environment variable; `what` says what it is, with its unit. */
export const whole = (min: number, max: number, what: string) => {
  const expected = `${what}, a whole number from ${min} to ${max}`;
  return z.coerce.number(expected).int(expected).min(min, expected).max(max, expected);
};

/** What every HTTP app reads from its environment. An app adds its own with `webSettings.safeExtend({…})`. */
export const webSettings = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PORT: whole(0, 65535, 'a port (0 takes a free one)').default(3000),
    LOG_LEVEL: z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
        'fatal, error, warn, info, debug or silent',
      )
      .default('info'),
    OIDC_ISSUER: z.string().optional(),
    OIDC_AUDIENCE: z.string().optional(),
    OIDC_JWKS_URL: z
      .url({ protocol: /^https?$/, error: 'the http(s) address of the issuer’s keys' })
      .optional(),
    MAX_IN_FLIGHT: whole(1, 100_000, 'how many requests may be worked on at once').default(256),
    REQUEST_TIMEOUT_MS: whole(1, 600_000, 'milliseconds that a request may take').default(15_000),
    DRAIN_TIMEOUT_MS: whole(0, 600_000, 'milliseconds that a stop waits for requests').default(20_000),
  })
  .superRefine((settings, context) => {
    const missing = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    if (settings.OIDC_ISSUER) {
      if (!settings.OIDC_AUDIENCE)
        missing('OIDC_AUDIENCE', 'the audience that tokens must name, with OIDC_ISSUER');
      if (!settings.OIDC_JWKS_URL)
        missing('OIDC_JWKS_URL', 'the address of the issuer’s keys, with OIDC_ISSUER');
    } else if (!isLoopback(settings.HOST)) {
      missing('OIDC_ISSUER', 'the issuer of tokens; without one HOST must be a loopback address');
    }
  });
export type WebSettings = z.output<typeof webSettings>;

/** What is wrong with the environment, one line for each variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads settings from an environment; an empty variable counts as absent. Throws `SettingsError`, which repeats no value. */
export function readSettings<S extends z.ZodType>(
  shape: S,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: expected ${issue.message}`);
  throw new SettingsError(lines.join('\n'));
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
