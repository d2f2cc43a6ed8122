import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { z } from 'zod';
import { listen, type Party, runParty } from '../../demo/parties/party.ts';

const OPTIONS = z.strictObject({ port: z.int(), target: z.url() });

/** What the gateway is compared to: Express and http-proxy-middleware, connections kept open, nothing looked at. */
async function startUnchecking(given: unknown): Promise<Party> {
  const { port, target } = OPTIONS.parse(given);
  const app = express();
  app.disable('x-powered-by');
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  app.use('/proxy/dealer-sales', createProxyMiddleware({ target, agent }));
  return listen(port, () => app);
}

if (import.meta.main) await runParty(startUnchecking);
