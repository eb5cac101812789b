/**
 * A process that appends to the embedded log in a folder and says of each event when it was told that it is kept. Whoever
 * records what it writes and syncs learns what a power cut would leave. `unsynced`: commits are not put on the disk, as
 * with `synchronous=NORMAL` alone.
 */
import { writeSync } from 'node:fs';
import { LogDisk } from '../../src/eventing/stores/embedded.disk.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { someEvent } from './event-builders.js';

const [, , folder = '', count = '0', mode = ''] = process.argv;
const STREAMS = 7;
const EVENT_BYTES = 9000;

if (mode === 'unsynced') LogDisk.prototype.sync = () => Promise.resolve();
const store = EmbeddedEventStore.open(folder);
writeSync(1, 'begun\n');
/** One stream's events, one after the other; the streams at the same time, so that they share commits. */
async function fill(stream: string): Promise<void> {
  for (let n = 0; n < Number(count) / STREAMS; n += 1) {
    await store.append(stream, [someEvent('Kept', { n, filling: 'x'.repeat(EVENT_BYTES) })], n === 0 ? 'no-stream' : n - 1);
    writeSync(1, `kept ${stream} ${n}\n`);
  }
}
await Promise.all(Array.from({ length: STREAMS }, (_, index) => fill(`contract-${index}`)));
process.kill(process.pid, 'SIGKILL');
