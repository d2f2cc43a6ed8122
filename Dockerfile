# syntax=docker/dockerfile:1
# Node runs the TypeScript sources as they are, so there is nothing to build: one stage fetches the packages, the other
# holds them and the sources.
FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:26-slim
ENV NODE_ENV=production \
    FIVE_SAFES_STATE=/var/lib/five-safes
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
# Mount your own over these two; as they are, they hold the example.
COPY config ./config
COPY policies ./policies
# The only place that is written to: the root file system may be read-only (docker run --read-only).
RUN install -d -o node -g node -m 0700 /var/lib/five-safes
VOLUME /var/lib/five-safes
USER node
EXPOSE 8080 8081
# Port of ops in gateway.yaml; set FIVE_SAFES_OPS_PORT where it is another.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.FIVE_SAFES_OPS_PORT ?? 8081}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Requests make much that is soon forgotten: a larger nursery is emptied less often.
CMD ["node", "--max-semi-space-size=64", "src/start.ts"]
