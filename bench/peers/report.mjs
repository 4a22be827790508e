// Prints the table: node report.mjs RESULTS ROUNDS SECONDS FOLDER DOTNET, with the file of lines that `run` has collected.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inFlightCounts } from './measure.mjs';

const [results, rounds, seconds, folder, dotnet] = process.argv.slice(2);
const ours = { system: 'ours, SQLite (WAL, synchronous FULL)', noop: 'one orchestration', threeActivities: 'one orchestration of three activities' };
const jobs = { 'no-op': 'noop', 'three steps': 'threeActivities' };

/** By job, system and way: for each number in flight the rates, and the ratios to our rate that was measured just before. */
const rows = new Map();
let oursBefore;
for (const line of readFileSync(results, 'utf8').trim().split('\n').map(JSON.parse)) {
  if (line.system) {
    for (const { job, way, rates } of line.rows) add(job, line.system, way, rates, oursBefore[jobs[job]]);
  } else {
    oursBefore = line;
    for (const [job, figure] of Object.entries(jobs)) add(job, ours.system, ours[figure], line[figure], line[figure]);
  }
}

function add(job, system, way, rates, ourRates) {
  const key = JSON.stringify([job, system, way]);
  if (!rows.has(key)) rows.set(key, { job, system, way, rates: inFlightCounts.map(() => []), ratios: inFlightCounts.map(() => []) });
  inFlightCounts.forEach((inFlight, index) => {
    const [rate, ourRate] = [rates[inFlight], ourRates[inFlight]];
    if (!(rate > 0 && ourRate > 0)) throw new Error(`No rate of ${system}, ${job}, with ${inFlight} in flight.`);
    rows.get(key).rates[index].push(rate);
    rows.get(key).ratios[index].push(rate / ourRate);
  });
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The largest ratio between two measurements of the same figure of ours: a busy machine shows here. */
const spread = Math.max(...[...rows.values()].filter((row) => row.system === ours.system).flatMap((row) => row.rates).map((rates) => Math.max(...rates) / Math.min(...rates)));

const fileSystem = execFileSync('stat', ['--file-system', '--format=%T', folder], { encoding: 'utf8' }).trim();
const inMemory = ['tmpfs', 'ramfs'].includes(fileSystem);

console.log(`Jobs a second, created to done. Rounds: ${rounds}; each figure is their median, and each ratio the median of ratios to ours, measured just before.
${availableParallelism()} processors, Node ${process.version}, .NET SDK ${dotnet}, data on ${fileSystem}, ${new Date().toISOString().slice(0, 10)}.
${inMemory ? `\nNOT DURABLE: ${fileSystem} is memory, so that flushing costs nothing. Set TMPDIR to a folder on a disk.\n` : ''}
- One client creates each job and waits for its end; so many jobs are in flight because so many loops each create the next once the last is done.
- Theirs: 1 s of warm-up, then ${seconds} s or 10,000 jobs, for each figure. Ours: bench/OrchestrationBench.cs has its own warm-up and bound.
- Client and workers are one process, also with ours. Their server is another process, on the same processors, over a Unix socket; ours has none.
- A three-step job adds a number in each step to what the step before gave. Which way it does so is in the table.
- BullMQ: the queue's events tell the client. With appendfsync everysec a crash of the machine can lose the last second of jobs that were
  reported as done; the others here, and ours, have flushed by then. Redis saves no snapshots besides (save "").
- pg-boss: it has no event for the end of a job, and asking for each job's state costs nearly half of the rate. So the workers are made of its
  fetch() and complete(), woken by the sender, and the client is told once complete() has returned. A crash between sending the next job of
  three and completing the one before repeats that step and what follows it.
- DBOS: startWorkflow and its handle's getResult.
- PostgreSQL and Redis have their defaults otherwise, a folder of their own and fresh data for each measurement.
- Noise: measurements of the same figure of ours differed by a factor of up to ${spread.toFixed(2)}. A ratio says no more than that allows.
`);

const cells = [...rows.values()]
  .sort((left, right) => Object.keys(jobs).indexOf(left.job) - Object.keys(jobs).indexOf(right.job))
  .map((row) => [row.job, row.system, row.way, ...inFlightCounts.flatMap((_, index) => [Math.round(median(row.rates[index])).toLocaleString('en'), median(row.ratios[index]).toFixed(2)])]);
const head = ['job', 'system', 'way', ...inFlightCounts.flatMap((inFlight) => [`${inFlight} in flight`, 'of ours'])];
const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
const isFigure = (column) => column >= 3;
const print = (row) => console.log(`| ${row.map((cell, column) => isFigure(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])).join(' | ')} |`);
print(head);
print(widths.map((width, column) => isFigure(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
cells.forEach(print);
