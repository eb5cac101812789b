/** The id was used before for another payload. */
export class IdempotencyConflictError extends Error {
  override readonly name = 'IdempotencyConflictError';
  constructor(readonly commandId: string) {
    super('The same idempotency key was used before with another content');
  }
}

/** A command with the same id is being handled right now. */
export class IdempotencyInProgressError extends Error {
  override readonly name = 'IdempotencyInProgressError';
  constructor(readonly commandId: string) {
    super('The first request with this idempotency key is still being handled');
  }
}

/** The stream is not at the revision the client has seen. */
export class RevisionMismatchError extends Error {
  override readonly name = 'RevisionMismatchError';
  constructor(
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`Expected revision ${expected}, the current one is ${actual}`);
  }
}
