import { spawnSync } from 'node:child_process';

/** Runs this suite against a server: `npm run conform -- esdb://…`. With the other tests it runs against nodes of its own. */
const [url = ''] = process.argv.slice(2);
if (!/^(esdb|kurrentdb|kdb)(\+discover)?:\/\//.test(url)) {
  process.stderr.write(
    'expected a connection string such as esdb://host:2113?tls=false or esdb://admin:password@host:2113?tlsCAFile=ca.pem\n',
  );
  process.exit(1);
}
const plain = /[?&]tls=false/i.test(url);
if (plain) process.stdout.write('The server is plain: the rules of users and access are skipped.\n');
const jest = ['node_modules/jest/bin/jest.js', '-c', 'test/jest.config.json', '--verbose'];
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const env = { ...process.env, CONFORM_URL: url };
const spec = `test/conform/${plain ? 'plain' : 'secure'}.spec.ts`;
const { status } = spawnSync(process.execPath, [...flags, ...jest, spec], { stdio: 'inherit', env });
process.exit(status ?? 1);
