import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';
import type { Access } from '../../demo/parties/possession.ts';
import { openConnection } from './connection.ts';

/** The two ways to ask, and what an unchecking proxy is asked: the drop-in way, byte for byte. */
export type Way = 'native' | 'drop-in';

/** What a run asks. */
export interface Questions {
  /** Where requests go. */
  readonly url: string;
  /** How the gateway is called in public: proofs of possession name it. */
  readonly origin: string;
  readonly way: Way;
  readonly access: Access;
  /** VINs, asked for in turn. */
  readonly vins: readonly string[];
  readonly count: number;
}

const PROJECT = 'op-gearbox';
const PURPOSE = 'SuspectedCrimeInvestigation';
const CASE = 'KP-2026-AB';
const JUSTIFICATION = 'engine found without a car at the old harbour, frame number ground off';

/** Whole requests, ready to be written; proofs of possession (RFC 9449) among them, one each. */
export async function requestsFor(questions: Questions): Promise<readonly Buffer[]> {
  const { vins, count, access } = questions;
  const prove = access.dpopJwk === null ? null : await prover(questions, access);
  return Array.from({ length: count }, (_, i) => requestFor(questions, vins[i % vins.length] ?? '', prove));
}

function requestFor({ way, url, access }: Questions, vin: string, prove: (() => string) | null): Buffer {
  const { host } = new URL(url);
  const authorization =
    prove === null
      ? `Authorization: Bearer ${access.token}`
      : `Authorization: DPoP ${access.token}\r\nDPoP: ${prove()}`;
  const common = `Host: ${host}\r\nAccept: application/json\r\n${authorization}\r\n`;
  if (way === 'drop-in') {
    const said = `Five-Safes-Project: ${PROJECT}\r\nFive-Safes-Purpose: ${PURPOSE}\r\nFive-Safes-Case: ${CASE}\r\nFive-Safes-Justification: ${JUSTIFICATION}\r\n`;
    return Buffer.from(`GET ${dropInPath(vin)} HTTP/1.1\r\n${common}${said}\r\n`);
  }
  const ask = { datasets: ['dealer-sales'], by: { vin }, output: 'records' };
  const body = JSON.stringify({ project: PROJECT, purpose: PURPOSE, case: CASE, justification: JUSTIFICATION, ask });
  const head = `POST /v1/exchanges HTTP/1.1\r\n${common}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${head}\r\n${body}`);
}

function dropInPath(vin: string): string {
  return `/proxy/dealer-sales/sales/by-vin/${vin}`;
}

/** Makes proofs under the nonce of this moment; all of a run are made at once, so that signing is no part of the load. */
async function prover({ url, origin, way }: Questions, { token, dpopJwk }: Access): Promise<() => string> {
  if (dpopJwk === null) throw new Error('no key to prove possession of');
  if (way !== 'native') throw new Error('proofs are made for the native way alone');
  const { d: _, kty, crv, x, y } = dpopJwk;
  const key = createPrivateKey({ key: { ...dpopJwk }, format: 'jwk' });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
  const ath = createHash('sha256').update(token).digest('base64url');
  const nonce = await nonceFrom(url, token);
  const htu = `${origin}/v1/exchanges`;
  return () => {
    const iat = Math.floor(Date.now() / 1_000);
    const text = `${header}.${part({ jti: randomUUID(), htm: 'POST', htu, iat, ath, nonce })}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
}

/** The gateway gives a nonce to whoever speaks of proofs, be the answer a refusal (RFC 9449 section 8). */
async function nonceFrom(url: string, token: string): Promise<string> {
  const { hostname, port, host } = new URL(url);
  const connection = await openConnection(hostname, Number(port));
  const request = `GET /v1/me HTTP/1.1\r\nHost: ${host}\r\nAuthorization: DPoP ${token}\r\n\r\n`;
  const { head } = await connection.ask(Buffer.from(request));
  connection.close();
  const nonce = /\r\ndpop-nonce: *(\S+)/i.exec(head)?.[1];
  if (nonce === undefined) throw new Error('the gateway gave no nonce');
  return nonce;
}
