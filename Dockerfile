# The compiler and everything it needs stay in this stage.
FROM node:26-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Scripts are off: the only one would download a second Node, which this image has no use for.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN rm -rf dist && node node_modules/typescript/bin/tsc -p tsconfig.build.json \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

# Compiled JavaScript, its production dependencies, and Node. No compiler, no package sources.
FROM node:26-slim
LABEL org.opencontainers.image.title="parallel-run" \
      org.opencontainers.image.description="A parallel-run shadow proxy" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY LICENSE CHANGELOG.md ./
COPY config ./config
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
 && ln -s /app/dist/main.js /usr/local/bin/parallel-run && chmod 755 /app/dist/main.js \
 && mkdir /data && chown node:node /data
# By number, so that Kubernetes can see that it is not root (runAsNonRoot).
USER 1000:1000
VOLUME /data
# The proxy. The admin listener stays on loopback unless the config gives it an address and a token.
EXPOSE 8080
# Ready to be restarted only when the process itself is broken, never because a backend is: /livez, not /readyz.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.PARALLEL_RUN_LIVEZ ?? 'http://127.0.0.1:9900/livez', { signal: AbortSignal.timeout(2500) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: the process is number one and gets SIGTERM itself, which is a clean stop.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve", "/etc/parallel-run/config.yaml", "--data", "/data"]
