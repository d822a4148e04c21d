import { randomBytes, scrypt, timingSafeEqual, type BinaryLike } from 'node:crypto';
import { promisify } from 'node:util';

/** What is stored of a password: enough to recognise it and not to tell it. */
export interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
}

const HASH_BYTES = 32;
const derive = promisify<BinaryLike, BinaryLike, number, Buffer>(scrypt);

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, HASH_BYTES);
  return { salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** Whether the password is the one that was hashed. It takes some 60 ms on purpose, though not on this thread. */
export async function isPassword(password: string, { salt, hash }: PasswordHash): Promise<boolean> {
  const derived = await derive(password, Buffer.from(salt, 'base64'), HASH_BYTES);
  const expected = Buffer.from(hash, 'base64');
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}
