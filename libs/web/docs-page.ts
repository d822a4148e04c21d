import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** The files of swagger-ui that its page asks for. */
const files: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'index.css': 'text/css; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'favicon-16x16.png': 'image/png',
  'favicon-32x32.png': 'image/png',
};

/** Tells swagger-ui where the document is, and to ask no other server. */
const initializer = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '../openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'StandaloneLayout',
    validatorUrl: null,
  });
};
`;

/** Serves the browsable page of the API at /docs/, open to all, from files that come with this program. */
export async function serveDocsPage(server: FastifyInstance): Promise<void> {
  server.get('/docs', (_request, reply) => reply.redirect('/docs/'));
  server.get('/docs/swagger-initializer.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(initializer),
  );
  for (const [name, type] of Object.entries(files)) {
    const content = await readFile(join(swaggerUi(), name));
    const path = name === 'index.html' ? '/docs/' : `/docs/${name}`;
    server.get(path, (_request, reply) => reply.type(type).send(content));
  }
}

function swaggerUi(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@fastify/swagger-ui')), 'static');
}
