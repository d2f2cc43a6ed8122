import { writeFileSync } from 'node:fs';
import { type Answer, type Connection, openConnection } from './connection.ts';
import { type Questions, requestsFor } from './requests.ts';

/** One run of the load. */
export interface Job extends Questions {
  /** Requests under way at once, each on a connection of its own that stays open. */
  readonly connections: number;
  /** After so many seconds no further request is sent. */
  readonly seconds: number;
  /** Where the answers are written afterwards, one JSON line each; null: they are counted only. */
  readonly answers: string | null;
}

/** What a run gave. */
export interface Run {
  readonly completed: number;
  /** Answers with a status other than 200. */
  readonly failed: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the load itself, as a share of one core. */
  readonly load: number;
}

/** An answer as the load keeps it: the request was the `sent`th of its run. */
export interface Kept {
  readonly status: number;
  readonly exchange: string | null;
  readonly body: string;
}

/** Sends every request once, `connections` at a time, as fast as answers come. Requests are made before the clock runs. */
async function run(job: Job): Promise<Run> {
  const { hostname, port } = new URL(job.url);
  const requests = await requestsFor(job);
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(hostname, Number(port))),
  );
  const answers: Answer[] = [];
  const took: number[] = [];
  let next = 0;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const until = begun + job.seconds * 1_000;
  const work = async (connection: Connection): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const sent = performance.now();
      if (sent > until) return;
      const answer = await connection.ask(request);
      took.push(performance.now() - sent);
      answers.push(answer);
    }
  };
  await Promise.all(connections.map(work));
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  for (const connection of connections) connection.close();
  if (job.answers !== null) writeFileSync(job.answers, answers.map((a) => `${JSON.stringify(kept(a))}\n`).join(''));
  took.sort((a, b) => a - b);
  return {
    completed: answers.length,
    failed: answers.filter((a) => a.status !== 200).length,
    seconds: elapsed / 1_000,
    perSecond: answers.length / (elapsed / 1_000),
    p50: took[Math.floor(took.length * 0.5)] ?? 0,
    p99: took[Math.floor(took.length * 0.99)] ?? 0,
    load: (user + system) / 1_000 / elapsed,
  };
}

function kept({ status, head, body }: Answer): Kept {
  const exchange = /\r\nfive-safes-exchange: *(\S+)/i.exec(head)?.[1] ?? null;
  return { status, exchange, body: body.toString('utf8') };
}

/** The process: a job comes as a message, its run goes back as one. */
process.on('message', (job: Job) => {
  run(job).then(
    (done) => process.send?.({ done }),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
