/** What a clerk does with a return before him, in words that the service and a station without the line both say. No imports: pages use it. */

export const NOT_DECIDED_YET = 'Not decided yet. Receive what is there; the refund waits for the decision.';

/** Of an approved return, by how many pieces are still to come. */
export const awaitedWords = (awaiting: number): string =>
  awaiting > 0 ? `${awaiting} ${awaiting === 1 ? 'piece is' : 'pieces are'} awaited.` : 'Everything announced has come. Receive what is there; what is too much is set aside.';
