import streams, { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type grpc from '@grpc/grpc-js';
import type { LogRecord, MemoryLog } from './memory-log.js';
import * as wire from './wire.js';

export type ReadCall = grpc.ServerWritableStream<ReadReq, ReadResp>;

/** The server's default: a checkpoint for every so many events looked at, shown or not. */
const SEARCH_WINDOW = 32;

/** Answers one read of a stream or of the whole log, forwards or backwards. */
export function readOnce(log: MemoryLog, call: ReadCall): void {
  const options = call.request.getOptions();
  const limit = Number(options?.getCount());
  const backwards = options?.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const stream = options?.getStream();
  if (stream !== undefined) {
    const name = wire.streamName(stream.getStreamIdentifier());
    const records = log.stream(name);
    if (records.length === 0) call.write(wire.streamNotFoundMessage(name));
    const from = stream.hasRevision() ? Number(stream.getRevision()) : 0;
    // Backwards from the end is all a stream is asked for.
    const wanted = backwards ? records.toReversed() : records.slice(from);
    for (const record of wanted.slice(0, limit)) call.write(wire.eventMessage(record));
  } else {
    const position = options?.getAll()?.getPosition();
    const from = position === undefined ? undefined : BigInt(position.getCommitPosition());
    const ordered = backwards ? log.records.toReversed() : log.records;
    const wanted = ordered.filter((record) => from === undefined || (backwards ? record.position < from : record.position >= from));
    for (const record of wanted.slice(0, limit)) call.write(wire.eventMessage(record));
  }
  call.end();
}

export type CheckpointHook = (position: bigint) => Promise<void>;

/**
 * A filtered subscription to the whole log: what is stored, then live, with checkpoints for what the filter hides. Writes
 * wait for the client, as gRPC's flow control makes the server wait.
 */
export async function subscribe(log: MemoryLog, call: ReadCall, beforeCheckpoint: CheckpointHook): Promise<void> {
  const options = call.request.getOptions();
  const position = options?.getAll()?.getPosition();
  const after = position === undefined ? 0n : BigInt(position.getCommitPosition());
  const prefixes = options?.getFilter()?.getStreamIdentifier()?.getPrefixList() ?? [];
  const shows = (record: LogRecord): boolean => prefixes.some((prefix) => record.stream.startsWith(prefix));
  let next = log.records.findIndex((record) => record.position > after);
  if (next === -1) next = log.records.length;
  let considered = 0;
  let live = false;
  await send(call, wire.confirmationMessage());
  while (!call.cancelled && !call.destroyed) {
    const record = log.records[next];
    if (record === undefined) {
      if (!live) await announceLive(log, call, next, beforeCheckpoint);
      live = true;
      if (log.records[next] === undefined) await nextWrite(log, call);
      continue;
    }
    next += 1;
    considered += 1;
    if (shows(record)) await send(call, wire.eventMessage(record));
    if (considered % SEARCH_WINDOW === 0) {
      await beforeCheckpoint(record.position);
      await send(call, wire.checkpointMessage(record.position));
    }
  }
}

async function announceLive(log: MemoryLog, call: ReadCall, next: number, beforeCheckpoint: CheckpointHook) {
  const last = log.records[next - 1];
  if (last !== undefined) {
    await beforeCheckpoint(last.position);
    await send(call, wire.checkpointMessage(last.position));
  }
  await send(call, wire.caughtUpMessage());
}

async function send(call: ReadCall, message: ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed || call.write(message)) return;
  await signalled(call, ['drain'], (proceed) => call.once('drain', proceed));
}

async function nextWrite(log: MemoryLog, call: ReadCall): Promise<void> {
  let stop = () => {};
  await signalled(call, [], (proceed) => (stop = log.onWrite(proceed)));
  stop();
}

/** Waits for what `arm` arms or for the end of the call. */
function signalled(call: ReadCall, events: readonly string[], arm: (proceed: () => void) => unknown): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of [...events, 'cancelled', 'close']) call.off(event, done);
      resolve();
    };
    call.on('cancelled', done);
    call.on('close', done);
    arm(done);
  });
}
