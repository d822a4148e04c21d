import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { main } from '#web/main';
import { startApplication } from '../application.js';
import { standaloneSettings } from '../settings.js';
import { agrees } from './agreement.js';
import { Api } from './api.js';
import { report } from './report.js';
import { begins, play } from './story.js';

const say = (line: string) => void process.stdout.write(`${line}\n`);

await main(async () => {
  // Nothing from the environment: it must not reach a server's log by accident.
  const environment = { PORT: '0', LOG_LEVEL: 'error', SIMULATED_FROM: begins };
  const application = await startApplication(
    standaloneSettings(environment, ['--ephemeral']),
    () => undefined,
  );
  const { app, url, issueDevelopmentToken } = application;
  say(`Fourstar runs at ${url}, keeps nothing, and its clock stands at ${begins}\n`);
  const roles = ['contract-clerk', 'contract-supervisor', 'operator', 'auditor'];
  const token = (await issueDevelopmentToken?.(roles, 'demo-clerk')) ?? '';
  const api = new Api(url, token);
  const id = await play(api, say);
  const contract = await report(api, id, say);
  const same = await agrees(app.get(DataSource), id, contract, say);
  await application.close();
  await application.ended;
  if (!same) throw new Error('the API, the tables and the agreement do not say the same');
  say('\nThe API, the tables and the agreement say the same.');
});
