/** Between the memory log's plain values and the messages of EventStoreDB's gRPC protocol. */
import features, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses, { type Status } from '@eventstore/db-client/generated/status_pb.js';
import streams, { type BatchAppendReq, type BatchAppendResp, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import grpc from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { AppendOutcome, LogRecord, Proposed } from './memory-log.js';

const TICKS_PER_MILLISECOND = 10_000n;

export function supportedMethods(): SupportedMethods {
  const answer = new features.SupportedMethods();
  answer.setEventStoreServerVersion('24.10.0');
  // Without this entry the client would fall back to the older append call.
  for (const method of ['batchappend', 'append', 'read']) {
    const supported = new features.SupportedMethod();
    supported.setServiceName('event_store.client.streams.streams');
    supported.setMethodName(method);
    answer.addMethods(supported);
  }
  return answer;
}

function uuid(id: string) {
  const message = new shared.UUID();
  message.setString(id);
  return message;
}

export function streamIdentifier(name: string) {
  const message = new shared.StreamIdentifier();
  message.setStreamName(new Uint8Array(Buffer.from(name, 'utf8')));
  return message;
}

export function streamName(identifier: { getStreamName_asU8(): Uint8Array } | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function proposed(message: BatchAppendReq.ProposedMessage): Proposed {
  const metadata = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function eventMessage(record: LogRecord): ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuid(record.id));
  recorded.setStreamIdentifier(streamIdentifier(record.stream));
  recorded.setStreamRevision(String(record.revision));
  recorded.setCommitPosition(String(record.position));
  recorded.setPreparePosition(String(record.position));
  recorded.getMetadataMap().set('type', record.type);
  recorded.getMetadataMap().set('content-type', record.contentType);
  recorded.getMetadataMap().set('created', String(BigInt(record.created) * TICKS_PER_MILLISECOND));
  recorded.setData(record.data);
  recorded.setCustomMetadata(record.metadata);
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(String(record.position));
  const message = new streams.ReadResp();
  message.setEvent(event);
  return message;
}

export function confirmationMessage(): ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const message = new streams.ReadResp();
  message.setConfirmation(confirmation);
  return message;
}

export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const message = new streams.ReadResp();
  message.setCheckpoint(checkpoint);
  return message;
}

export function caughtUpMessage(): ReadResp {
  const message = new streams.ReadResp();
  message.setCaughtUp(new streams.ReadResp.CaughtUp());
  return message;
}

export function streamNotFoundMessage(name: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(streamIdentifier(name));
  const message = new streams.ReadResp();
  message.setStreamNotFound(notFound);
  return message;
}

/** A `google.rpc.Status` whose detail the client recognises by its type name. */
function statusWith(text: string, typeName: string, detail: Uint8Array): Status {
  const details = new anyPb.Any();
  details.pack(detail, typeName);
  const status = new statuses.Status();
  status.setMessage(text);
  status.setDetails(details);
  return status;
}

function wrongRevision(current: number, expected: number): Status {
  const detail = new shared.WrongExpectedVersion();
  if (current === -1) detail.setCurrentNoStream(new emptyPb.Empty());
  else detail.setCurrentStreamRevision(String(current));
  if (expected === -1) detail.setExpectedNoStream(new emptyPb.Empty());
  else detail.setExpectedStreamPosition(String(expected));
  return statusWith('WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', detail.serializeBinary());
}

/** Server states that are packed with an empty detail and only told apart by their text. */
export function notHandledStatus(text: string): Status {
  return statusWith(text, 'google.protobuf.Empty', new Uint8Array());
}

export function timeoutStatus(): Status {
  return statusWith('Timeout', 'event_store.client.Timeout', new shared.Timeout().serializeBinary());
}

export function appendAnswer(request: BatchAppendReq, stream: string): BatchAppendResp {
  const answer = new streams.BatchAppendResp();
  answer.setCorrelationId(request.getCorrelationId());
  answer.setStreamIdentifier(streamIdentifier(stream));
  return answer;
}

export function setOutcome(answer: BatchAppendResp, outcome: AppendOutcome, expected: number): BatchAppendResp {
  if (outcome.kind === 'wrong-revision') return answer.setError(wrongRevision(outcome.current, expected));
  if (outcome.kind === 'too-large') {
    const detail = new shared.MaximumAppendSizeExceeded();
    detail.setMaxappendsize(outcome.limit);
    const name = 'event_store.client.MaximumAppendSizeExceeded';
    return answer.setError(statusWith('too large', name, detail.serializeBinary()));
  }
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(String(outcome.position));
  position.setPreparePosition(String(outcome.position));
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  success.setPosition(position);
  return answer.setSuccess(success);
}

/** The error a follower answers with, naming the leader. */
export function notLeader(leaderPort: number): Partial<grpc.StatusObject> {
  const metadata = new grpc.Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(leaderPort));
  return { code: grpc.status.NOT_FOUND, details: 'Leader info available', metadata };
}
