import type { DynamicModule, Type } from '@nestjs/common';
import type { z } from 'zod';
import { main } from './main.js';
import { Opened } from './opened.js';
import { serve, type Served, type Serving } from './serve.js';
import { readSettings, type WebSettings } from './settings.js';

export interface App extends Served {
  /** Resolves when the server has been closed and everything below it too. */
  readonly ended: Promise<void>;
}

type Modules = readonly (Type | DynamicModule)[];

/**
 * Opens what an application rests on, then serves the modules that `open` answers with. When a step fails, what the
 * earlier ones have opened is closed before this throws.
 */
export async function startApp(serving: Serving, open: (opened: Opened) => Promise<Modules>): Promise<App> {
  const opened = new Opened();
  try {
    const served = await serve(await open(opened), serving);
    return { ...served, ended: served.closed.then(() => opened.close()) };
  } catch (error) {
    // The failure that led here says more than one that follows from it.
    await opened.close().catch(() => undefined);
    throw error;
  }
}

/** The main function of an application that is configured by its environment: it serves until it is told to stop. */
export function runApp<S extends WebSettings>(
  name: string,
  shape: z.ZodType<S>,
  open: (settings: S, opened: Opened) => Promise<Modules>,
): Promise<void> {
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  return main(async () => {
    const settings = readSettings(shape, process.env);
    const api = { title: `Fourstar ${name.toLowerCase()}`, version: '1' };
    const app = await startApp({ settings, api, tell }, (opened) => open(settings, opened));
    tell(`${name} at ${app.url}, documented at ${app.url}/docs`);
    await app.ended;
  });
}
