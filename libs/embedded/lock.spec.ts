import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './lock.js';
import { describeProcess } from './process-record.js';

let base: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lock-'));
  folder = mkdtempSync(join(base, 'data-'));
});

afterEach(() => rmSync(base, { recursive: true }));

it('admits one, and the next when the folder is given back', () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`The data folder ${folder} is in use by process ${process.pid}`);
  unlock();
  lockFolder(folder)();
  expect(readdirSync(folder)).toEqual([]);
});

it('is taken over from a dead process', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid, startedAt: 'then', folder }));
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow('in use');
  unlock();
});

it('is taken over when its pid belongs to another process by now', () => {
  const mine = describeProcess(process.pid, join(folder, 'lock.json'));
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ ...mine, startedAt: 'then' }));
  expect(() => lockFolder(folder)).not.toThrow();
});

it('does not travel with a copy of the folder', () => {
  lockFolder(folder);
  const copy = join(base, 'copy');
  cpSync(folder, copy, { recursive: true });
  expect(() => lockFolder(copy)).not.toThrow();
});
