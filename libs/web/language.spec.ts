import { expect, it } from '@jest/globals';
import { languageOf } from './language.js';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['zh-CN', 'zh'],
  ['zh', 'zh'],
  ['ZH-cn,en;q=0.5', 'zh'],
  ['en-GB,zh;q=0.9', 'en'],
  ['en;q=0.2, zh-Hans;q=0.8', 'zh'],
  ['fr, zh;q=0.1', 'zh'],
  ['fr', 'en'],
  ['zh;q=0', 'en'],
  ['zh;q=x', 'en'],
])('of Accept-Language %p it takes %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});
