import { server } from './server.js';

server.use('plain');
// The rules are tests of this file once they are loaded, and some ask at once what kind of server it is.
await import('./every-rule.js');
