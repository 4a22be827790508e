// Measures pg-boss on the PostgreSQL whose socket is in a folder: node pg-boss.mjs FOLDER SECONDS
import PgBoss from 'pg-boss';
import { Waiters, expectSum, inFlightCounts, jobsPerSecond, pinned, print, steps } from './measure.mjs';
import { connectionOf, describePostgres } from './postgres.mjs';

const [folder, seconds] = [process.argv[2], Number(process.argv[3])];
const batchSize = Math.max(...inFlightCounts);
// Two, so that one can fetch while the other completes; with one or four it was not faster.
const fetchers = 2;

const boss = new PgBoss(connectionOf(folder));
boss.on('error', (error) => { throw error; });
await boss.start();

/**
 * Jobs a second through a queue of its own. pg-boss has no event for the end of a job: with work(), even woken by notifyWorker(), the client would
 * have to ask for each job's state, which cost nearly half of the rate when tried. These workers are made of fetch() and complete(), and a job is done
 * once complete() has returned.
 */
async function measure(queue, data, handle, check) {
  await boss.createQueue(queue);
  const waiters = new Waiters();
  let stopping = false;
  let sent = 0;
  const sleepers = [];
  const wake = () => {
    sent++;
    for (const awaken of sleepers.splice(0)) awaken();
  };
  const send = async (job) => {
    await boss.send(queue, job);
    wake();
  };
  const work = async () => {
    while (!stopping) {
      const sentBefore = sent;
      const jobs = await boss.fetch(queue, { batchSize });
      if (jobs.length > 0) {
        const results = await Promise.all(jobs.map((job) => handle(job.data, send)));
        await boss.complete(queue, jobs.map((job) => job.id));
        results.forEach((result, index) => { if (result !== nextSent) waiters.done(jobs[index].data.id, result); });
      } else if (sent === sentBefore) {
        await new Promise((resolve) => sleepers.push(resolve));
      }
    }
  };
  const workers = Promise.all(Array.from({ length: fetchers }, work));
  const rates = jobsPerSecond(seconds, async () => check(await waiters.run((id) => send({ ...data, id }))));
  // A worker that fails ends the measurement, which would wait for its jobs in vain.
  await Promise.race([rates, workers]);
  stopping = true;
  wake();
  await workers;
  return rates;
}

/** What the handler of a step returns that is not the last. */
const nextSent = Symbol('the next step has been sent');

const noop = await measure('noop', {}, async () => null, () => {});
const addAndSendNext = async ({ id, step, sum }, send) => {
  const added = sum + steps[step];
  if (step === steps.length - 1) return added;
  await send({ id, step: step + 1, sum: added });
  return nextSent;
};
const chained = await measure('steps', { step: 0, sum: 0 }, addAndSendNext, expectSum);

print(`${pinned('pg-boss', 'pg-boss')}, ${await describePostgres(folder)}`, [
  { job: 'no-op', way: 'one job', rates: noop },
  { job: 'three steps', way: 'three jobs, each sent by the worker of the one before', rates: chained },
]);
await boss.stop({ graceful: false });
