import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { embeddedSettings } from '#embedded/settings';
import { engineSettings } from '#event-store/engine-settings';
import { databaseSettings } from '#projection/settings';
import { readSettings, SettingsError, webSettings } from '#web/settings';
import { projectionSettings } from '../projections/settings.js';

const shape = webSettings.safeExtend({
  ...embeddedSettings,
  ...engineSettings,
  EVENTSTORE_URL: engineSettings.EVENTSTORE_URL.optional(),
  ...databaseSettings,
  DATABASE_URL: databaseSettings.DATABASE_URL.optional(),
  ...projectionSettings,
});

/** What the standalone application is told by its environment, and by `--ephemeral` on its command line. */
export function standaloneSettings(environment: NodeJS.ProcessEnv, args: readonly string[]) {
  const settings = readSettings(shape, environment);
  return { ...settings, dataDir: resolve(settings.DATA_DIR), ephemeral: isEphemeral(args) };
}

function isEphemeral(args: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...args], options: { ephemeral: { type: 'boolean', default: false } } }).values
      .ephemeral;
  } catch {
    throw new SettingsError('arguments: expected none but --ephemeral, which keeps nothing');
  }
}
