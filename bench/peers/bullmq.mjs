// Measures BullMQ on the Redis at a socket: node bullmq.mjs FOLDER SECONDS
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import { Waiters, expectSum, inFlightCounts, jobsPerSecond, pinned, print, steps } from './measure.mjs';

const [folder, seconds] = [process.argv[2], Number(process.argv[3])];
const connection = { path: join(folder, 'redis.sock'), maxRetriesPerRequest: null };
const throwError = (error) => { throw error; };

/** Jobs a second through a queue of its own. `create(queue, id)` adds a job; the queue's events tell that it is done. */
async function measure(name, processor, create, check) {
  const waiters = new Waiters();
  const queue = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  const worker = new Worker(name, processor, { connection, concurrency: Math.max(...inFlightCounts) });
  events.on('completed', ({ jobId, returnvalue }) => waiters.done(jobId, returnvalue));
  events.on('failed', ({ jobId, failedReason }) => waiters.failed(jobId, failedReason));
  const parts = [queue, events, worker];
  for (const part of parts) part.on('error', throwError);
  await Promise.all(parts.map((part) => part.waitUntilReady()));
  const rates = await jobsPerSecond(seconds, async () => check(await waiters.run((id) => create(queue, id))));
  await worker.close();
  await events.close();
  await queue.close();
  return rates;
}

const noop = await measure('noop', async () => null, (queue, jobId) => queue.add('noop', {}, { jobId }), () => {});

const flows = new FlowProducer({ connection });
flows.on('error', throwError);
const addAfterChild = async (job) => job.data.step + Object.values(await job.getChildrenValues()).reduce((left, right) => left + right, 0);
// The innermost child runs first; the job that is created, and waited for, is its last ancestor.
const chain = (name) => steps.reduce((child, step) => ({ name: 'step', queueName: name, data: { step }, children: child && [child] }), undefined);
const flow = await measure('flow', addAfterChild, (queue, jobId) => flows.add({ ...chain(queue.name), opts: { jobId } }), expectSum);
await flows.close();

const addInOneJob = async (job) => {
  let { step, sum } = job.data;
  while (step < steps.length) {
    sum += steps[step++];
    await job.updateData({ step, sum });
  }
  return sum;
};
const oneJob = await measure('steps', addInOneJob, (queue, jobId) => queue.add('steps', { step: 0, sum: 0 }, { jobId }), expectSum);

print(`${pinned('bullmq', 'BullMQ')}, ${await describeRedis()}`, [
  { job: 'no-op', way: 'one job', rates: noop },
  { job: 'three steps', way: 'a flow of three jobs', rates: flow },
  { job: 'three steps', way: 'one job that saves its data after each step', rates: oneJob },
]);

/** The settings as the server itself has them, so that the table cannot claim others. */
async function describeRedis() {
  const redis = new Redis(connection);
  const version = /redis_version:(\S+)/.exec(await redis.info('server'))[1];
  const [, appendOnly] = await redis.config('GET', 'appendonly');
  const [, fsync] = await redis.config('GET', 'appendfsync');
  await redis.quit();
  return `Redis ${version} (appendonly ${appendOnly}, appendfsync ${fsync})`;
}
