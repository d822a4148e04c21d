import { describe, expect, it } from '@jest/globals';
import { RecentMap } from './recent.js';

describe('a map of what was used recently', () => {
  it('remembers at least its capacity and at most twice that', () => {
    const map = new RecentMap<number>(100);
    for (let i = 0; i < 1000; i++) map.set(`${i}`, i);
    const known = Array.from({ length: 1000 }, (_, i) => map.get(`${i}`)).filter(
      (value) => value !== undefined,
    );
    expect(known.length).toBeGreaterThanOrEqual(100);
    expect(known.length).toBeLessThanOrEqual(200);
    expect(map.get('999')).toBe(999);
  });

  it('keeps what is asked for again and again', () => {
    const map = new RecentMap<string>(10);
    map.set('kept', 'value');
    for (let i = 0; i < 1000; i++) {
      map.set(`${i}`, 'other');
      expect(map.get('kept')).toBe('value');
    }
  });
});
