# One image for all apps; APP says which one runs: commands, queries, projections, timers or standalone.
FROM node:24-bookworm-slim AS build
WORKDIR /fourstar
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
WORKDIR /fourstar
# package.json goes along because the imports between the folders (#kernel/… and so on) resolve through it.
COPY package.json LICENSE ./
COPY --from=build /fourstar/node_modules node_modules
COPY --from=build /fourstar/dist dist
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
ARG APP=commands
ENV APP=$APP
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# exec: the app is the process that docker stops, so that it can finish what it has begun.
CMD ["sh", "-c", "exec node --enable-source-maps dist/apps/$APP/main.js"]
