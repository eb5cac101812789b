/** What a clerk does with a return on the desk, in words that the service and a station without the line both say. No imports: pages use it. */

export const NOT_DECIDED_YET = 'Not decided yet. Receive what is there; the refund waits for the decision.';

/** Of an approved return, by how many pieces are still to come. */
export const awaitedWords = (awaiting: number): string =>
  awaiting > 0
    ? `${awaiting} ${awaiting === 1 ? 'piece is' : 'pieces are'} awaited.`
    : 'Everything announced has come. Receive what is there; what is too much is set aside.';

/** Of an item that another return of the same order awaits. */
export const otherReturnWords = (returnId: string): string =>
  `Belongs to ${returnId} and is received there. To grade it, open ${returnId}.`;

type Typed = { readonly code: string; readonly scanner: string; readonly computer: string };

/** Why a code came garbled, and what cures it. */
export const layoutWords = ({ code, scanner, computer }: Typed): string =>
  `The scanner types with another keyboard layout: this is what ${code} becomes from a ${scanner} scanner at a ${computer} computer. Set the scanner's keyboard country to ${computer} by its manual, or the computer's keyboard to ${scanner}; test it at /warehouse/codes.`;
