import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Child } from './child.js';
import type { ChildOptions } from './child-run.js';
import { builtEntry } from './entry.js';
import { fixture, processesOf, startParent, until } from './fixtures/processes.js';
import { describeProcess, endOrphan, recordProcess } from './process-record.js';

let dataDir: string;
let lines: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'child-'));
  lines = [];
});

afterEach(() => {
  expect(processesOf(dataDir)).toEqual([]);
  rmSync(dataDir, { recursive: true, force: true });
});

function options(...args: string[]): ChildOptions {
  return { name: 'fixture', entry: fixture('child.mjs'), args, dataDir, log: (_, line) => lines.push(line) };
}

const answerOf = (port: number): Promise<string> => text(connect(port, '127.0.0.1'));

describe('a supervised child', () => {
  it('serves on the port that it names, is heard, and ends when stopped', async () => {
    const child = await Child.start(options());
    expect(await answerOf(child.port)).toBe(String(child.pid));
    await child.stop();
    expect(lines).toEqual([`listening for ${dataDir}`]);
  });

  it('that ends before it is ready rejects the start with its last words', async () => {
    await expect(Child.start(options('--broken'))).rejects.toThrow(
      'fixture did not start: exit code 3\nthe disk is on fire',
    );
  });

  it('that stays silent rejects the start', async () => {
    await expect(Child.start({ ...options('--silent'), silenceLimitMs: 500 })).rejects.toThrow(
      'said nothing',
    );
    await until(() => processesOf(dataDir).length === 0);
  });

  it('that is killed comes back on the same port', async () => {
    const child = await Child.start(options());
    const first = child.pid ?? 0;
    const restarted = new Promise<void>((resolve) => child.onRestart(resolve));
    process.kill(first, 'SIGKILL');
    await restarted;
    expect(child.pid).not.toBe(first);
    expect(await answerOf(child.port)).toBe(String(child.pid));
    await child.stop();
  });

  it('stays down when it is stopped while it is down', async () => {
    const child = await Child.start(options());
    process.kill(child.pid ?? 0, 'SIGKILL');
    await until(() => lines.some((line) => line.startsWith('ended unexpectedly')));
    await child.stop();
  });

  it('whose folder is gone is tried ever more seldom, and leaves no process behind', async () => {
    const child = await Child.start(options());
    rmSync(dataDir, { recursive: true });
    process.kill(child.pid ?? 0, 'SIGKILL');
    await until(() => lines.some((line) => line.startsWith('ended unexpectedly, starts again in 400 ms')));
    await until(() => processesOf(dataDir).length === 0);
    await child.stop();
  });

  it('that does not listen is killed in the end', async () => {
    const child = await Child.start({ ...options('--deaf'), stopLimitMs: 200 });
    await child.stop();
  });

  it('ends when its parent is killed', async () => {
    const { entry } = options();
    const module = builtEntry('child.js');
    const parent = await startParent({ module, name: 'Child', options: { name: 'fixture', entry, dataDir } });
    expect(processesOf(dataDir)).toContain(parent.pid);
    await parent.kill();
    await until(() => processesOf(dataDir).length === 0);
  });

  it('that outlives its parent is ended by the next start', async () => {
    const module = builtEntry('child.js');
    const { name, entry, args } = options('--clinging');
    const parent = await startParent({ module, name: 'Child', options: { name, entry, args, dataDir } });
    await parent.kill();
    expect(processesOf(dataDir)).toEqual([parent.pid]);
    const child = await Child.start(options());
    expect(processesOf(dataDir)).toEqual([child.pid]);
    await child.stop();
  });
});

describe('a process that is not provably an orphan of this folder', () => {
  it.each(['another start', 'a copied folder'])('is left alone: %s', async (difference) => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = stranger.pid ?? 0;
    const ended = new Promise((resolve) => stranger.once('close', (_, signal) => resolve(signal)));
    const copy = mkdtempSync(join(tmpdir(), 'child-'));
    recordProcess(join(dataDir, 'child.json'), pid);
    cpSync(join(dataDir, 'child.json'), join(copy, 'child.json'));
    const otherStart = { ...describeProcess(pid, join(copy, 'child.json')), startedAt: 'another' };
    if (difference === 'another start') writeFileSync(join(copy, 'child.json'), JSON.stringify(otherStart));
    await endOrphan(join(copy, 'child.json'), 'SIGTERM');
    stranger.kill('SIGUSR2');
    expect(await ended).toBe('SIGUSR2');
    rmSync(copy, { recursive: true });
  });
});
