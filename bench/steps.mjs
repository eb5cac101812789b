/**
 * Where the time of one command goes, from a CPU profile of `npm run bench -- --profile FOLDER`:
 *
 *   node bench/steps.mjs FOLDER/scan-1.cpuprofile …
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** A sample belongs to the first of these that its innermost matching frame names, as `file function`. */
const STEPS = [
  ['views', /dist\/eventing\/(projection|build|view|stream-states|waiters)|kysely|\/sql\/(sqlite-dialect|statement|database)/],
  ['writing to the log: commit and sync', /embedded\.store\.js (#commit|#sync)/],
  ['writing to the log: events, digests', /\/stores\//],
  ['ids and hashes', /command-identity|node_modules\/uuid\//],
  ['deciding', /\/rules\/(decide|money)\/|\.decider\.js|\/policy\/rules\//],
  ['folding', /\/rules\/evolve\/|\.evolve\.js|folded-streams/],
  ['the answer: presenting', /presentation|\/words\/|returns\.status|returns\.http|customer-view/],
  ['the answer: JSON and sending', /fastify\/lib\/(reply|hooks)|http\/server\.js|fastify-adapter\.js reply/],
  ['reading and checking fields', /http\/(reading|fields)\.js/],
  ['who calls', /dist\/access\//],
  ['commands: bus, lines, context', /execute-command|\.commands\.js|@nestjs\/cqrs|http\/(caller|metrics)|negotiator|shared\/language/],
  ['parsing the body', /content-type-parser|secure-json-parse/],
  ['Nest', /@nestjs\//],
  ['Fastify', /fastify|find-my-way/],
  ['collecting garbage', /garbage collector/],
];

for (const file of process.argv.slice(2)) {
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const stepOf = (id) => {
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const { url, functionName } = byId.get(at).callFrame;
      if (functionName === '(idle)' || (functionName === 'dispatch' && at === id)) return undefined;
      const step = STEPS.find(([, pattern]) => pattern.test(`${url} ${functionName}`));
      if (step !== undefined) return step[0];
    }
    return 'Node: HTTP, sockets, promises';
  };
  const times = new Map();
  samples.forEach((id, index) => {
    const step = stepOf(id);
    if (step !== undefined) times.set(step, (times.get(step) ?? 0) + timeDeltas[index]);
  });
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n${basename(file)}`);
  for (const [step, time] of [...times].sort(([, a], [, b]) => b - a))
    console.log(`${((100 * time) / total).toFixed(1).padStart(6)} %  ${step}`);
}
