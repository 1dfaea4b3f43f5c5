// Asks a running tsvisor from Node: node examples/client.mjs /etc/tsvisor/tsvisor.yaml [NAME to restart]
import { createClient, formatProblem, loadPlan, runtimeOf } from 'tsvisor';

const [config = 'tsvisor.yaml', name] = process.argv.slice(2);
const { plan, problems } = await loadPlan(config);
if (plan === null) throw new Error(problems.map(formatProblem).join('\n'));

const client = createClient(runtimeOf(plan).socket);
if (name !== undefined) await client.restart([name]);
for (const { group, name: one, state, pid } of (await client.status()).processes)
  console.log(`${group}:${one} ${state} ${pid}`);
