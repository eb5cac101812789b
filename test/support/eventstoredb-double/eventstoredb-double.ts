/**
 * An EventStoreDB to test against without a server: a gRPC service in this process built on the message classes that
 * the client ships, with faults on demand. The real client runs against it unmodified. It has one node, no disk, no
 * TLS and no access control; what depends on those is tested against a real server (`npm run test:eventstoredb`).
 */
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import grpc from '@grpc/grpc-js';
import { FaultyNetwork } from './faulty-network.js';
import { MemoryLog, type Proposed } from './memory-log.js';
import { readOnce, subscribe, type CheckpointHook, type ReadCall } from './reading.js';
import * as wire from './wire.js';

/**
 * What goes wrong with the next append. Cut: the connection breaks. Silent: no answer ever. `ended`: the server ends
 * the append stream without an error.
 */
export type AppendFault =
  | { readonly kind: 'cut-before-write' | 'cut-after-write' | 'silent-before-write' | 'silent-after-write' | 'ended' }
  | { readonly kind: 'not-leader'; readonly leaderPort: number }
  | { readonly kind: 'status'; readonly text: 'Server Is Not Ready' | 'Server Is Busy' }
  | { readonly kind: 'timeout-after-write' | 'no-position' }
  | { readonly kind: 'wrong-revision'; readonly current: number };

type AppendCall = grpc.ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

export class EventStoreDbDouble {
  readonly log = new MemoryLog();
  /** Appends received, whether or not they were written. */
  received = 0;
  /** Subscriptions opened so far. */
  subscriptions = 0;
  /** Called before a subscription's checkpoint is sent. */
  beforeCheckpoint: CheckpointHook = async () => {};
  /** How long the server takes over an append, in milliseconds; as many at the same time as come. */
  appendMs = 0;
  readonly #faults: (AppendFault | undefined)[] = [];
  readonly #reads = new Set<ReadCall>();
  #failFeatures = 0;
  #ignoreSubscriptions = 0;

  private constructor(
    readonly network: FaultyNetwork,
    private readonly server: grpc.Server,
  ) {}

  /** Starts a server on a free port of this machine. */
  static async start(): Promise<EventStoreDbDouble> {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    const target = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    const double = new EventStoreDbDouble(await FaultyNetwork.inFrontOf(target), server);
    server.addService(featureServices.ServerFeaturesService, {
      getSupportedMethods: (_: unknown, answer: grpc.sendUnaryData<SupportedMethods>) => double.#features(answer),
    });
    server.addService(streamServices.StreamsService, {
      read: (call: ReadCall) => double.#read(call),
      batchAppend: (call: AppendCall) => double.#batchAppend(call),
      append: (_: unknown, answer: grpc.sendUnaryData<Empty>) => answer({ code: grpc.status.UNIMPLEMENTED }),
      delete: (_: unknown, answer: grpc.sendUnaryData<Empty>) => answer({ code: grpc.status.UNIMPLEMENTED }),
      tombstone: (_: unknown, answer: grpc.sendUnaryData<Empty>) => answer({ code: grpc.status.UNIMPLEMENTED }),
    });
    return double;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.network.port}?tls=false`;
  }

  /** Reads and subscriptions open on the server right now. */
  get openReads(): number {
    return this.#reads.size;
  }

  /** The next appends meet these faults, one each, in this order; `undefined` and those after them work. */
  failNextAppends(...faults: readonly (AppendFault | undefined)[]): void {
    this.#faults.push(...faults);
  }

  /** The next questions for the server's features fail in a way the client remembers. */
  failNextFeatureProbes(count: number): void {
    this.#failFeatures = count;
  }

  /** The next subscriptions are taken and never answered, not even confirmed. */
  ignoreNextSubscriptions(count: number): void {
    this.#ignoreSubscriptions = count;
  }

  /** Ends the open subscriptions: without an error, as unavailable, or as a refused argument. */
  dropSubscriptions(how: 'ended' | 'unavailable' | 'invalid-argument'): void {
    for (const call of [...this.#reads]) {
      if (how === 'ended') call.end();
      else {
        const code = how === 'unavailable' ? grpc.status.UNAVAILABLE : grpc.status.INVALID_ARGUMENT;
        call.emit('error', { code, details: how });
      }
    }
  }

  async stop(): Promise<void> {
    await this.network.down().catch(() => {});
    this.server.forceShutdown();
  }

  #features(answer: grpc.sendUnaryData<SupportedMethods>): void {
    if (this.#failFeatures === 0) return answer(null, wire.supportedMethods());
    this.#failFeatures -= 1;
    answer({ code: grpc.status.INTERNAL, details: 'feature probe failed' });
  }

  #read(call: ReadCall): void {
    this.#reads.add(call);
    for (const end of ['close', 'cancelled', 'finish', 'error']) call.on(end, () => this.#reads.delete(call));
    if (call.request.getOptions()?.hasSubscription() !== true) return readOnce(this.log, call);
    this.subscriptions += 1;
    if (this.#ignoreSubscriptions > 0) {
      this.#ignoreSubscriptions -= 1;
      return;
    }
    void subscribe(this.log, call, (position) => this.beforeCheckpoint(position));
  }

  #batchAppend(call: AppendCall): void {
    // A large append comes in several messages; only the first carries the options.
    let events: Proposed[] = [];
    let options: BatchAppendReq.Options | undefined;
    call.on('error', () => {});
    call.on('end', () => call.end());
    call.on('data', (request: BatchAppendReq) => {
      options = request.getOptions() ?? options;
      events.push(...request.getProposedMessagesList().map(wire.proposed));
      if (!request.getIsFinal()) return;
      const stream = wire.streamName(options?.getStreamIdentifier());
      const expected = options?.hasNoStream() === true ? -1 : Number(options?.getStreamPosition());
      const proposed = events;
      events = [];
      this.received += 1;
      const answer = (): void => this.#answer(call, request, stream, expected, proposed);
      if (this.appendMs === 0) answer();
      else setTimeout(answer, this.appendMs);
    });
  }

  #answer(call: AppendCall, request: BatchAppendReq, stream: string, expected: number, events: Proposed[]): void {
    const answer = wire.appendAnswer(request, stream);
    const fault = this.#faults.shift();
    switch (fault?.kind) {
      case undefined:
        return void call.write(wire.setOutcome(answer, this.log.append(stream, expected, events), expected));
      case 'cut-before-write':
        return this.network.cut();
      case 'cut-after-write':
        this.log.append(stream, expected, events);
        return this.network.cut();
      case 'silent-before-write':
        return;
      case 'silent-after-write':
        return void this.log.append(stream, expected, events);
      case 'timeout-after-write':
        this.log.append(stream, expected, events);
        return void call.write(answer.setError(wire.timeoutStatus()));
      case 'no-position':
        wire
          .setOutcome(answer, this.log.append(stream, expected, events), expected)
          .getSuccess()
          ?.clearPosition();
        return void call.write(answer);
      case 'ended':
        return void call.end();
      case 'not-leader':
        return void call.emit('error', wire.notLeader(fault.leaderPort));
      case 'status':
        return void call.write(answer.setError(wire.notHandledStatus(fault.text)));
      case 'wrong-revision':
        return void call.write(wire.setOutcome(answer, fault, expected));
    }
  }
}
