import 'reflect-metadata';
import { main } from '#web/main';
import { startApplication } from './application.js';
import { standaloneSettings } from './settings.js';

const tell = (line: string) => void process.stdout.write(`${line}\n`);

await main(async () => {
  const settings = standaloneSettings(process.env, process.argv.slice(2));
  const application = await startApplication(settings, tell);
  const { url } = application;
  tell(`Fourstar serves at ${url}`);
  tell(`  documentation  ${url}/docs`);
  tell(`  data folder    ${settings.ephemeral ? 'none: nothing is kept' : settings.dataDir}`);
  await application.ended;
});
