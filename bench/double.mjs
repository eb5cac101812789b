/**
 * An EventStoreDB to measure against where there is none: the double of the tests, in a process and on a port of its own. It
 * keeps everything in memory, so its rates say nothing of a real server's; what this service makes of its answers, they do.
 *
 *   node --import ./test/support/run-typescript.mjs bench/double.mjs [--append-ms 8]
 *   npm run bench -- --eventstoredb URL
 */
import { parseArgs } from 'node:util';
import { EventStoreDbDouble } from '../test/support/eventstoredb-double/eventstoredb-double.ts';

const { values } = parseArgs({ options: { 'append-ms': { type: 'string', default: '0' } } });
const double = await EventStoreDbDouble.start();
double.appendMs = Number(values['append-ms']);
process.stdout.write(`${double.url}\n`);
