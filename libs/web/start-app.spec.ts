import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { readSettings, webSettings } from './settings.js';
import { startApp } from './start-app.js';

const serving = (PORT = '0') => ({
  settings: readSettings(webSettings, { PORT }),
  api: { title: 'Lamps', version: '1' },
  tell: () => undefined,
  logger: pino({ level: 'silent' }),
});

/** Things that note when they are closed; those whose name is listed fail at it. */
function things(failing: readonly string[] = []) {
  const closed: string[] = [];
  const close = async (name: string) => {
    closed.push(name);
    if (failing.includes(name)) throw new Error(`${name} does not close`);
  };
  return { closed, close };
}

describe('starting an application', () => {
  it('closes what it has opened in the reverse order, once it is stopped', async () => {
    const { closed, close } = things();
    const app = await startApp(serving(), async (opened) => {
      await opened.keep(Promise.resolve('log'), close);
      await opened.keep(Promise.resolve('tables'), close);
      return [];
    });
    expect(closed).toEqual([]);
    await app.close();
    await app.ended;
    expect(closed).toEqual(['tables', 'log']);
  });

  it('closes what it has opened when a later step fails, and throws that step’s failure', async () => {
    const { closed, close } = things(['tables']);
    const starting = startApp(serving(), async (opened) => {
      await opened.keep(Promise.resolve('log'), close);
      await opened.keep(Promise.resolve('tables'), close);
      await opened.keep(Promise.reject(new Error('no third')), close);
      return [];
    });
    await expect(starting).rejects.toThrow('no third');
    expect(closed).toEqual(['tables', 'log']);
  });

  it('closes what it has opened when the port is taken', async () => {
    const { closed, close } = things();
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    // A TCP server's address is an AddressInfo.
    const { port } = other.address() as AddressInfo;
    const starting = startApp(serving(String(port)), async (opened) => {
      await opened.keep(Promise.resolve('log'), close);
      return [];
    });
    await expect(starting).rejects.toThrow('EADDRINUSE');
    expect(closed).toEqual(['log']);
    await new Promise((resolve) => other.close(resolve));
  });

  it('closes the rest when one thing does not close, and says which it was', async () => {
    const { closed, close } = things(['tables']);
    const app = await startApp(serving(), async (opened) => {
      await opened.keep(Promise.resolve('log'), close);
      await opened.keep(Promise.resolve('tables'), close);
      return [];
    });
    await app.close();
    await expect(app.ended).rejects.toThrow('tables does not close');
    expect(closed).toEqual(['tables', 'log']);
  });
});
