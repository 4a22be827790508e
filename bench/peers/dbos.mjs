// Measures DBOS on the PostgreSQL whose socket is in a folder: node dbos.mjs FOLDER SECONDS
import { DBOS } from '@dbos-inc/dbos-sdk';
import { expectSum, jobsPerSecond, pinned, print, steps } from './measure.mjs';
import { describePostgres, urlOf } from './postgres.mjs';

const [folder, seconds] = [process.argv[2], Number(process.argv[3])];
DBOS.setConfig({ name: 'peers', systemDatabaseUrl: urlOf(folder, 'dbos'), logLevel: 'warn' });

const doNothing = DBOS.registerWorkflow(async () => null, { name: 'doNothing' });
const addSteps = DBOS.registerWorkflow(async () => {
  let sum = 0;
  for (const step of steps) {
    const before = sum;
    sum = await DBOS.runStep(async () => before + step, { name: 'add' });
  }
  return sum;
}, { name: 'addSteps' });

await DBOS.launch();
const run = async (workflow) => (await DBOS.startWorkflow(workflow)()).getResult();
const noop = await jobsPerSecond(seconds, () => run(doNothing));
const threeSteps = await jobsPerSecond(seconds, async () => expectSum(await run(addSteps)));
await DBOS.shutdown();

print(`${pinned('@dbos-inc/dbos-sdk', 'DBOS')}, ${await describePostgres(folder)}`, [
  { job: 'no-op', way: 'one workflow', rates: noop },
  { job: 'three steps', way: 'one workflow of three steps', rates: threeSteps },
]);
