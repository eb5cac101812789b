/**
 * What a customer has entered so far, before anything is filed. It lives in this tab only (sessionStorage), survives a
 * reload and a new sign-in, and is forgotten once it was filed. Everything here is pure but beginning, loading and storing.
 */
import { newKey } from '../../shared/api/api';
import { inTab } from '../kept';
import type { QuoteBody, Reason, ReturnableLine } from '../queries';

export type Condition = QuoteBody['lines'][number]['condition'];
export type Outcome = QuoteBody['outcome'];
export type Method = QuoteBody['method'];
export const CONDITIONS = [
  'unopened',
  'opened',
  'used',
  'damaged_on_arrival',
  'defective',
  'wrong_item',
] as const satisfies readonly Condition[];

/** `thumbnail`: a small picture as a data URL, so that it can be shown again after a reload; empty where none could be made. */
export type DraftPhoto = { readonly photoRef: string; readonly thumbnail: string };
export type DraftLine = {
  readonly lineId: string;
  readonly quantity: number;
  readonly reason: string | null;
  readonly condition: Condition;
  readonly note: string;
  readonly photos: readonly DraftPhoto[];
};
export type Draft = {
  /** The one Idempotency-Key of this wish, however often it is sent: it is filed once. */
  readonly key: string;
  readonly lines: readonly DraftLine[];
  /** Null: not chosen, the first that is offered. */
  readonly outcome: Outcome | null;
  readonly method: Method | null;
  /** It was sent, and no answer said that it was refused: it may have been filed. */
  readonly isSent: boolean;
};
/** Photos of one item, at most. */
export const MOST_PHOTOS = 20;

const emptyDraft = (): Draft => ({ key: newKey(), lines: [], outcome: null, method: null, isSent: false });

const storedAs = (orderId: string): string => `backhaul.draft.${orderId}`;

/** The draft of this order in this tab, or an empty one. */
export function loadDraft(orderId: string): Draft {
  const stored = inTab.get(storedAs(orderId));
  return stored === null ? emptyDraft() : (JSON.parse(stored) as Draft);
}
export const storeDraft = (orderId: string, draft: Draft): void => inTab.set(storedAs(orderId), JSON.stringify(draft));
/** Every draft in this tab: who comes next is somebody else. */
export function forgetDrafts(): void {
  for (const name of inTab.names()) if (name.startsWith(storedAs(''))) inTab.remove(name);
}
export const forgetDraft = (orderId: string): void => inTab.remove(storedAs(orderId));

/** Chooses `quantity` units of a line; 0 takes it out. What was said about a line stays. */
export function withQuantity(draft: Draft, lineId: string, quantity: number): Draft {
  if (quantity <= 0) return { ...draft, lines: draft.lines.filter((line) => line.lineId !== lineId) };
  if (draft.lines.some((line) => line.lineId === lineId)) return withLine(draft, lineId, { quantity });
  return { ...draft, lines: [...draft.lines, { lineId, quantity, reason: null, condition: 'opened', note: '', photos: [] }] };
}

export const withLine = (draft: Draft, lineId: string, change: Partial<Omit<DraftLine, 'lineId'>>): Draft => ({
  ...draft,
  lines: draft.lines.map((line) => (line.lineId === lineId ? { ...line, ...change } : line)),
});

export const withPhoto = (draft: Draft, lineId: string, photo: DraftPhoto): Draft => ({
  ...draft,
  lines: draft.lines.map((line) => (line.lineId === lineId ? { ...line, photos: [...line.photos, photo] } : line)),
});

export const withoutPhoto = (draft: Draft, lineId: string, photoRef: string): Draft => ({
  ...draft,
  lines: draft.lines.map((line) =>
    line.lineId === lineId ? { ...line, photos: line.photos.filter((photo) => photo.photoRef !== photoRef) } : line,
  ),
});

/** Some reasons say what the item is like. */
const CONDITION_OF: Readonly<Record<string, Condition>> = {
  defective: 'defective',
  wrong_item: 'wrong_item',
  arrived_damaged: 'damaged_on_arrival',
};

/** Chooses a reason, and the condition that goes with it as long as nothing else was chosen for it. */
export function withReason(draft: Draft, lineId: string, reason: string | null): Draft {
  const line = draft.lines.find((each) => each.lineId === lineId);
  const wasGiven = line !== undefined && line.condition === (CONDITION_OF[line.reason ?? ''] ?? 'opened');
  return withLine(draft, lineId, { reason, ...(wasGiven ? { condition: CONDITION_OF[reason ?? ''] ?? 'opened' } : {}) });
}

/** Reason and condition of one line for all of them; a note is written for one item, and stays there. */
export const sameForAll = (draft: Draft, { reason, condition }: Pick<DraftLine, 'reason' | 'condition'>): Draft => ({
  ...draft,
  lines: draft.lines.map((line) => ({ ...line, reason, condition })),
});

/** The draft without what can no longer be returned; the same object where nothing changed. One that was sent is not touched: it may be why. */
export function fitted(draft: Draft, lines: readonly ReturnableLine[]): Draft {
  if (draft.isSent) return draft;
  const most = new Map(lines.map((line) => [line.lineId, line.returnable]));
  if (draft.lines.every((line) => line.quantity <= (most.get(line.lineId) ?? 0))) return draft;
  return {
    ...draft,
    lines: draft.lines
      .map((line) => ({ ...line, quantity: Math.min(line.quantity, most.get(line.lineId) ?? 0) }))
      .filter((line) => line.quantity > 0),
  };
}

/** A reason that may be chosen, with the names of those it stands below. */
export type LeafReason = {
  readonly code: string;
  readonly label: string;
  readonly under: readonly string[];
  readonly requiresNote: boolean;
};

export const leavesOf = (reasons: readonly Reason[], under: readonly string[] = []): readonly LeafReason[] =>
  reasons.flatMap(({ code, label, requiresNote, children }) =>
    children.length > 0 ? leavesOf(children, [...under, label]) : [{ code, label, under, requiresNote }],
  );

/** What a text pasted from elsewhere may hold unseen, and the service takes in no text: control characters, halves of a sign. */
const UNSEEN = /(?![\n\r\t])\p{Cc}|\p{Cs}/gu;

/** The note as it is sent; null: none. */
const noteOf = ({ note }: DraftLine): string | null => note.replaceAll(UNSEEN, ' ').trim() || null;

/** What is missing to a line; null when nothing is. */
export function missingIn(line: DraftLine, leaves: readonly LeafReason[]): 'reason' | 'note' | null {
  const leaf = leaves.find((each) => each.code === line.reason);
  if (leaf === undefined) return 'reason';
  return leaf.requiresNote && noteOf(line) === null ? 'note' : null;
}

export const STEPS = ['items', 'details', 'offers', 'check'] as const;
export type Step = (typeof STEPS)[number];

const isStep = (text: string | null): text is Step => STEPS.some((step) => step === text);

/** The furthest step that what was entered allows. One that was sent stays where it can be sent again. */
function furthest(draft: Draft, leaves: readonly LeafReason[]): Step {
  if (draft.lines.length === 0) return 'items';
  if (draft.lines.some((line) => missingIn(line, leaves) !== null)) return 'details';
  return draft.outcome === null || draft.method === null ? 'offers' : 'check';
}

/** The step to show where `wanted` is asked for. */
export function stepFor(draft: Draft, leaves: readonly LeafReason[], wanted: string | null): Step {
  if (draft.isSent) return 'check';
  const step = isStep(wanted) ? wanted : 'items';
  return STEPS[Math.min(STEPS.indexOf(step), STEPS.indexOf(furthest(draft, leaves)))] ?? 'items';
}

/** As it is quoted and filed: the same draft always gives the same body. */
export function bodyOf({ lines, outcome, method }: Draft): QuoteBody {
  return {
    lines: lines.map((line) => {
      const { lineId, quantity, reason, condition, photos } = line;
      return { lineId, quantity, reason, condition, note: noteOf(line), photos: photos.map(({ photoRef }) => photoRef) };
    }),
    outcome: outcome ?? 'original_payment',
    method: method ?? 'label',
  };
}

/** What may be chosen; a quote says more of each. */
export type Offers = {
  readonly outcomes: readonly { readonly outcome: Outcome }[];
  readonly methods: readonly { readonly method: Method }[];
};

/** The draft with an outcome and a method that are offered: those chosen, else the first. */
export function offered(draft: Draft, { outcomes, methods }: Offers): Draft {
  const outcome = outcomes.find((offer) => offer.outcome === draft.outcome)?.outcome ?? outcomes[0]?.outcome ?? draft.outcome;
  const method = methods.find((offer) => offer.method === draft.method)?.method ?? methods[0]?.method ?? draft.method;
  return outcome === draft.outcome && method === draft.method ? draft : { ...draft, outcome, method };
}

export const unitsIn = (draft: Draft): number => draft.lines.reduce((sum, line) => sum + line.quantity, 0);
