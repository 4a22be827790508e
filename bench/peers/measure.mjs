import { readFileSync } from 'node:fs';

const warmUpSeconds = 1;
const mostJobs = 10_000;

/** How many jobs are under way at once: the two figures of each row of the table. */
export const inFlightCounts = [16, 64];

/**
 * Jobs a second for each number in flight: a warm-up, then what gets done in `seconds`, at most `mostJobs`.
 * @param {number} seconds
 * @param {() => Promise<void>} runJob creates one job and resolves once its creator has learnt that it is done
 */
export async function jobsPerSecond(seconds, runJob) {
  const rates = {};
  for (const inFlight of inFlightCounts) {
    await runJobs(inFlight, warmUpSeconds, runJob);
    rates[inFlight] = await runJobs(inFlight, seconds, runJob);
  }
  return rates;
}

/** Each of `inFlight` loops creates its next job once its last one is done. Returns jobs a second, up to the end of the last. */
async function runJobs(inFlight, seconds, runJob) {
  const begin = performance.now();
  const elapsed = () => (performance.now() - begin) / 1000;
  let jobs = 0;
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (jobs < mostJobs && elapsed() < seconds) {
      jobs++;
      await runJob();
    }
  }));
  return jobs / elapsed();
}

/** The jobs whose creators wait for their ends, each under an id that its creator chose. */
export class Waiters {
  #waiting = new Map();
  #lastId = 0;

  /** Creates a job under a new id and resolves with its result. The wait begins first, so that no end is missed. */
  async run(create) {
    const id = `job-${++this.#lastId}`;
    const end = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const [result] = await Promise.all([end, create(id)]);
    return result;
  }

  /** Does nothing for an id that nobody waits for: the first steps of a chain have ids too. */
  done(id, result) {
    this.#waiting.get(id)?.resolve(result);
    this.#waiting.delete(id);
  }

  failed(id, reason) {
    this.#waiting.get(id)?.reject(new Error(`The job ${id} failed: ${reason}`));
    this.#waiting.delete(id);
  }
}

/** A three-step job adds the numbers of its steps, each step to what the one before gave; a rate of anything else would be worth nothing. */
export const steps = [0, 1, 2];

export function expectSum(sum) {
  const expected = steps.reduce((left, right) => left + right);
  if (sum !== expected) throw new Error(`A three-step job gave ${JSON.stringify(sum)} instead of ${expected}.`);
}

/** The package's name with the version that package.json pins. */
export function pinned(packageName, title) {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  return `${title} ${dependencies[packageName]}`;
}

/** What `run` collects: one line of JSON, with the rates of each job and in what way the system does it. */
export function print(system, rows) {
  console.log(JSON.stringify({ system, rows }));
}
