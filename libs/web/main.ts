import { SettingsError } from './settings.js';

/**
 * Runs an application's main function and ends the process with it: 0 when it was stopped, 1 when it failed.
 * A failure is one clear sentence on standard error; its stack is for those who ask by NODE_DEBUG.
 */
export async function main(start: () => Promise<void>): Promise<void> {
  try {
    await start();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(1);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof SettingsError) return `These settings do not fit:\n${error.message}`;
  if (!(error instanceof Error)) return String(error);
  return process.env['NODE_DEBUG'] ? (error.stack ?? error.message) : error.message;
}
