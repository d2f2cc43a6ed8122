import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { readBody } from '../../src/gateway/read-body.ts';

test('an upload that was cut off before anybody read of it is malformed, as one that is cut off later', async () => {
  const req = new IncomingMessage(new Socket());
  req.headers['content-length'] = '20';
  req.destroy();
  await new Promise((resolve) => req.once('close', resolve));
  await expect(readBody(req, 100)).rejects.toMatchObject({ code: 'request/malformed' });
});
