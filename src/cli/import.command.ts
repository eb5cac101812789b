import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { startProgress } from './progress.js';
import { withService, type ServiceOptions } from './service.js';

/** `backhaul import FILE`: one line per failed order, a summary at the end, exit 1 if any order failed. */
export async function importOrders(file: string, options: ServiceOptions & { readonly mapping: string; readonly idsAsWritten: boolean }): Promise<void> {
  const { size } = await stat(file);
  const progress = startProgress('read', size);
  const counted = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback) {
      progress.update((read += chunk.length));
      callback(null, chunk);
    },
  });
  let read = 0;
  const count: Record<string, number> = {};
  await withService(options, async (api) => {
    const format = /\.(nd)?jsonl?$/i.test(file) ? 'application/x-ndjson' : 'text/csv';
    for await (const result of api.importOrders(createReadStream(file).pipe(counted), options.mapping, format, options.idsAsWritten)) {
      count[result.status] = (count[result.status] ?? 0) + 1;
      if (result.status === 'failed') process.stdout.write(`${result.orderId ?? '(no order id)'}: ${result.detail ?? 'failed'}\n`);
    }
  });
  progress.finish();
  process.stdout.write(`${Object.entries(count).map(([status, orders]) => `${orders} ${status}`).join(', ') || 'no orders'}\n`);
  if ((count['failed'] ?? 0) > 0) process.exitCode = 1;
}
