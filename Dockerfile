# syntax=docker/dockerfile:1
# By digest, so that the same commit builds on the same base. A newer one: `docker buildx imagetools inspect node:24-bookworm-slim` prints its digest;
# to try it, `docker build --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:… .`
ARG NODE_IMAGE=node:24-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json .swcrc ./
COPY src ./src
COPY web ./web
RUN npm run build && npm prune --omit=dev

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A named volume takes over the owner of this folder, so the service can write to it without being root.
RUN mkdir -m 700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# The slim image has no curl. Alive, not ready: a service that waits for its database must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://localhost:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: node itself must get SIGTERM to drain.
CMD ["node", "--max-semi-space-size=32", "dist/main.js"]
