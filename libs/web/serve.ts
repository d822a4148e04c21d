import { NestFactory } from '@nestjs/core';
import type { DynamicModule, Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { DevelopmentIssuer } from './development-issuer.js';
import { Endpoints } from './endpoint.js';
import { Gate } from './gate.js';
import { jsonLogger, Log } from './log.js';
import { newRegistry, requestsInFlight } from './metrics.js';
import { observe } from './observe.js';
import type { Api } from './openapi.js';
import { newServer } from './server.js';
import { isLoopback, type WebSettings } from './settings.js';
import { TokenVerifier } from './token-verifier.js';
import { WebModule } from './web-module.js';

export interface Serving {
  readonly settings: WebSettings;
  readonly api: Api;
  /** Where people are told what they need to know at the start, such as the development token. */
  readonly tell: (line: string) => void;
  /** JSON lines on standard output when not given. */
  readonly logger?: Logger;
}

export interface Served {
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Refuses new requests, finishes what is in flight, closes the app's modules. Safe to call twice. */
  close(): Promise<void>;
  /** Resolves when it has been closed, by whomever. */
  readonly closed: Promise<void>;
  /** Only without an issuer, on loopback. */
  readonly issueDevelopmentToken?: (roles: readonly string[], sub?: string) => Promise<string>;
}

/** Serves one or many modules as one HTTP application until `close()`, SIGTERM or SIGINT. Throws when it cannot start. */
export async function serve(modules: readonly (Type | DynamicModule)[], serving: Serving): Promise<Served> {
  const { settings, api, tell } = serving;
  const log = new Log(serving.logger ?? jsonLogger(settings.LOG_LEVEL));
  const registry = newRegistry();
  const development = settings.OIDC_ISSUER ? undefined : await developmentIssuer(settings);
  const tokens = development?.verifier ?? remoteVerifier(settings);
  const server = await newServer();
  const gate = new Gate(settings.MAX_IN_FLIGHT);
  observe(server, log, registry);
  gate.guard(server);
  requestsInFlight(registry, () => gate.inFlight);

  const root = {
    module: Root,
    imports: [
      WebModule.with({ api, log, registry, tokens, limitMs: settings.REQUEST_TIMEOUT_MS }),
      ...modules,
    ],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(server), {
    logger: log,
    bodyParser: false,
    abortOnError: false,
  });
  await app.listen(settings.PORT, settings.HOST).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const { close, closed } = stopper(app, gate, settings.DRAIN_TIMEOUT_MS);
  const url = await app.getUrl();
  if (!development) return { url, app, close, closed };
  const { roles } = app.get(Endpoints);
  const token = await development.issue(roles);
  tell(`No issuer is configured, so on this machine anybody may use this development token: ${token}`);
  tell(
    `and, where a second person must act, the token of dev-second: ${await development.issue(roles, 'dev-second')}`,
  );
  return { url, app, close, closed, issueDevelopmentToken: (roles, sub) => development.issue(roles, sub) };
}

class Root {}

function remoteVerifier({ OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL }: WebSettings): TokenVerifier {
  if (!OIDC_ISSUER || !OIDC_AUDIENCE || !OIDC_JWKS_URL) {
    throw new Error('OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL come together');
  }
  return TokenVerifier.remote(OIDC_JWKS_URL, OIDC_ISSUER, OIDC_AUDIENCE);
}

/** The settings have said so already; said again here because whoever gets past it hands out all roles to the network. */
function developmentIssuer({ HOST }: WebSettings): Promise<DevelopmentIssuer> {
  if (!isLoopback(HOST))
    throw new Error(`without OIDC_ISSUER it serves on a loopback address only, not ${HOST}`);
  return DevelopmentIssuer.create();
}

/** Stops once, however often and by whom it is asked. A second signal ends the process at once, as Node does by itself. */
function stopper(app: NestFastifyApplication, gate: Gate, drainTimeoutMs: number) {
  let end: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (end = resolve));
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= drain(app, gate, drainTimeoutMs).finally(end));
  const onSignal = () => {
    forget();
    void stop();
  };
  const forget = () => signals.forEach((signal) => process.off(signal, onSignal));
  signals.forEach((signal) => process.on(signal, onSignal));
  const close = () => {
    forget();
    return stop();
  };
  return { close, closed };
}
const signals = ['SIGTERM', 'SIGINT'] as const;

/** The server goes first: Nest would close the modules, and the stores in them, under the requests still in flight. */
async function drain(app: NestFastifyApplication, gate: Gate, drainTimeoutMs: number): Promise<void> {
  gate.close();
  const server = app.getHttpAdapter().getInstance();
  const cutOff = setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs);
  try {
    await server.close();
  } finally {
    clearTimeout(cutOff);
  }
  await app.close();
}
