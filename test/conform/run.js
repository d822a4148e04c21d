import { spawnSync } from 'node:child_process';

/** Runs this suite against a server: `npm run conform -- esdb://…`. With the other tests it runs against a node of its own. */
const [url = ''] = process.argv.slice(2);
if (!/^(esdb|kurrentdb|kdb)(\+discover)?:\/\//.test(url)) {
  process.stderr.write('expected a connection string such as esdb://host:2113?tls=false\n');
  process.exit(1);
}
const jest = ['node_modules/jest/bin/jest.js', '-c', 'test/jest.config.json', 'test/conform'];
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const env = { ...process.env, CONFORM_URL: url };
const { status } = spawnSync(process.execPath, [...flags, ...jest], { stdio: 'inherit', env });
process.exit(status ?? 1);
