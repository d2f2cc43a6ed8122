import { once } from 'node:events';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { REPORT_NAMES, REPORTS } from '../../ledger/audit/reports/index.ts';
import { reportInput } from '../../ledger/audit/reports/input.ts';
import type { ReportInput } from '../../ledger/audit/reports/report.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import { parsed, purposeOfReading, type Reader, readerOf, recordReading, sideFor } from './desk.ts';

const time = z.iso.datetime({ offset: true });
/** `from` is inclusive, `until` exclusive. */
export const reportBody = z.strictObject({
  ...purposeOfReading,
  report: z.enum(REPORT_NAMES),
  from: time,
  until: time,
});

/** So long, in seconds, until somebody who has a report under way may try again. */
const ONE_AT_A_TIME = 5;

/**
 * `POST /v1/audit/reports`: a report over a period, in the tree that holds this reading. It is written as it is made, so
 * that it takes no more memory for a year than for a day; an answer that ends within is no report.
 * One at a time for each reader, since each goes through the whole period: others of the same reader are turned away.
 */
export function postReport(ports: GatewayPorts): RequestHandler {
  const underWay = new Set<string>();
  return async (req, res) => {
    const received = receivedOf(req);
    const reader = readerOf(ports, received, 'log/report');
    const { use, reason, report: name, from, until } = parsed(reportBody, req.body);
    const [start, end] = [Date.parse(from), Date.parse(until)];
    if (start >= end) {
      const expected = 'a later time than "from"';
      throw new Problem('request/malformed', { errors: [{ path: 'until', code: 'request/malformed', expected }] });
    }
    const query = { report: name, from, until };
    const { id } = reader.person;
    if (underWay.has(id)) {
      const detail = 'One report at a time: another of yours is under way.';
      throw new Problem('request/too-many', { detail, retryAfter: ONE_AT_A_TIME });
    }
    underWay.add(id);
    try {
      const { index, size } = await recordReading(ports, received, reader, { use, reason, query });
      const wanted = { name, from: start, until: end, size };
      const input = await reportInput(ports.audit.search, wanted, readerOfReport(ports, reader));
      const head = { reading: index, report: name, period: { from, until }, size, first: input.first, end: input.end };
      await stream(res, { ...head, columns: REPORTS[name].columns }, REPORTS[name].run(input));
    } finally {
      underWay.delete(id);
    }
  };
}

function readerOfReport(ports: GatewayPorts, reader: Reader): Pick<ReportInput, 'covers' | 'showsReading'> {
  return {
    covers: (opened) => {
      const side = sideFor(ports, reader, opened);
      if (side === null) return null;
      if (side === 'whole') return { whole: true, legs: opened.legs };
      const own = opened.legs.filter((leg) => leg.holder === reader.leave.holder && leg.permit !== null);
      return { whole: false, legs: own };
    },
    showsReading: ({ who = null }) => {
      // Who runs the gateway has read as nobody's person: that concerns every partner.
      if (typeof who !== 'object' || who === null || !('partner' in who)) return true;
      return who['partner'] === reader.person.partner;
    },
  };
}

/** `{…head, "rows": […], "summary": {…}}`, row by row. */
async function stream(res: Response, head: JsonObject, rows: AsyncGenerator<JsonObject, JsonObject>): Promise<void> {
  let gone = false;
  res.once('close', () => {
    gone = true;
  });
  // The first row is made before anything is sent: what goes wrong until then is told as a problem.
  let step = await rows.next();
  const write = async (text: string) => {
    if (!res.write(text) && !gone) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  };
  res.status(200).type('application/json');
  try {
    await write(`${JSON.stringify(head).slice(0, -1)},"rows":[`);
    for (let before = ''; step.done !== true && !gone; before = ',') {
      await write(before + JSON.stringify(step.value));
      step = await rows.next();
    }
    if (step.done === true) res.end(`],"summary":${JSON.stringify(step.value)}}`);
  } catch (error) {
    // What was sent is no JSON, and nobody can take it for a whole report.
    res.destroy();
    throw error;
  }
}
