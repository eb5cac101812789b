/** What has gone wrong with a return and is still true, told to its customer plainly. Pure; follows from the return's state alone. */
import type { Language } from '../../shared/language.js';
import type { BlockCode, OrderFacts } from '../rules/returns.events.js';
import type { Parcel, PayoutState, ReturnLine, ReturnState, UnitPlace } from '../rules/returns.state.js';
import { livePayouts, payoutTotalOf } from '../rules/returns.status.js';
import { inWords } from './amounts.js';
import { BLOCK_WORDS } from './returns.words.js';

export const NEWS = [
  'parcel_delayed',
  'parcel_problem',
  'parcel_lost',
  'item_mismatched',
  'item_missing',
  'refund_blocked',
  'refund_failed',
  'refund_in_doubt',
  'refund_parked',
] as const;
export type NewsCode = (typeof NEWS)[number];
/** `at`: since when it has been so, ISO 8601 UTC. */
export type News = { readonly code: NewsCode; readonly at: string; readonly words: string };

/** `amount` in words; `item` is the title; `block` says why money is held back. What a piece of news is not about is empty. */
type Facts = { readonly item: string; readonly quantity: number; readonly amount: string; readonly block: BlockCode };
type Bare = { readonly code: NewsCode; readonly at: string } & Facts;

const NOTHING: Facts = { item: '', quantity: 0, amount: '', block: 'used_up' };
const MONEY_NEWS: Readonly<Partial<Record<PayoutState, NewsCode>>> = {
  failed: 'refund_failed',
  in_doubt: 'refund_in_doubt',
  parked: 'refund_parked',
};
const ENDED: ReadonlySet<ReturnState['authorisation']> = new Set(['declined', 'cancelled', 'expired', 'closed'] as const);

const countAt = (line: ReturnLine, place: UnitPlace): number => line.units.filter((unit) => unit.place === place).length;

/** A parcel is late, in trouble or lost only as long as something is awaited. */
function ofParcel({ phase, delayed, exception, troubleAt, lastAt }: Parcel): readonly Bare[] {
  const at = troubleAt ?? lastAt;
  if (phase === 'lost') return [{ code: 'parcel_lost', at, ...NOTHING }];
  if (phase !== 'in_transit') return [];
  if (exception !== null) return [{ code: 'parcel_problem', at, ...NOTHING }];
  return delayed ? [{ code: 'parcel_delayed', at, ...NOTHING }] : [];
}

/** A shortfall is dated by the last that was seen of the goods before it was noticed. */
function lastSeen({ scans, parcels, milestones }: ReturnState): string {
  const seen = [...scans.map((scan) => scan.at), ...parcels.map((parcel) => parcel.lastAt)];
  return seen.reduce((last, at) => (Date.parse(at) > Date.parse(last) ? at : last), milestones.requestedAt);
}

/** Another item in the place of one is no news any more once the right one has come or the line was closed as missing. */
function ofLine(ret: ReturnState, line: ReturnLine, item: string): readonly Bare[] {
  const missing = countAt(line, 'missing');
  const mismatch = countAt(line, 'awaiting') === 0 ? undefined : ret.mismatches.findLast((each) => each.expectedLineId === line.lineId);
  return [
    ...(mismatch === undefined
      ? []
      : [{ ...NOTHING, code: 'item_mismatched' as const, at: mismatch.at, item, quantity: mismatch.quantity }]),
    ...(missing === 0 ? [] : [{ ...NOTHING, code: 'item_missing' as const, at: lastSeen(ret), item, quantity: missing }]),
  ];
}

function ofMoney(ret: ReturnState, amountOf: (minor: number) => string): readonly Bare[] {
  const { blocked } = ret;
  const held: readonly Bare[] =
    blocked === null
      ? []
      : [{ ...NOTHING, code: 'refund_blocked', at: blocked.since, amount: amountOf(blocked.amountMinor), block: blocked.code }];
  return [
    ...held,
    ...ret.refunds.flatMap((refund) =>
      livePayouts(refund).flatMap((payout) => {
        const code = MONEY_NEWS[payout.state];
        return code === undefined ? [] : [{ ...NOTHING, code, at: payout.since, amount: amountOf(payoutTotalOf(refund, payout)) }];
      }),
    ),
  ];
}

/** Everything that is late, short or hangs, newest first; empty when all is well. */
export function newsOf(order: OrderFacts, ret: ReturnState, language: Language): readonly News[] {
  const titles = new Map(order.lines.map((line) => [line.lineId, line.title]));
  const isAwaited = !ENDED.has(ret.authorisation) && ret.lines.some((line) => countAt(line, 'awaiting') > 0);
  const news = [
    ...(isAwaited ? ret.parcels.flatMap(ofParcel) : []),
    ...ret.lines.flatMap((line) => ofLine(ret, line, titles.get(line.lineId) ?? line.lineId)),
    ...ofMoney(ret, (minor) => inWords(minor, order.currency, language)),
  ];
  return news
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .map(({ code, at, ...facts }) => ({ code, at, words: NEWS_WORDS[language][code](facts) }));
}

const NEWS_WORDS: Readonly<Record<Language, Readonly<Record<NewsCode, (facts: Facts) => string>>>> = {
  en: {
    parcel_delayed: () => 'Your parcel is delayed on its way to us.',
    parcel_problem: () => 'The carrier reports a problem with your parcel; we are looking into it.',
    parcel_lost: () => 'The carrier reports your parcel lost; we are looking into it.',
    item_mismatched: ({ item }) => `We found something else in the parcel instead of “${item}”; we are looking into it.`,
    item_missing: ({ item, quantity }) => `${quantity} × “${item}” did not arrive with us. Please contact us if you have questions.`,
    refund_blocked: ({ amount, block }) => `Your refund of ${amount} cannot be paid yet: ${BLOCK_WORDS.en[block]}. We are seeing to it.`,
    refund_failed: ({ amount }) => `Your refund of ${amount} could not be paid. It is still yours; we are seeing to it.`,
    refund_in_doubt: ({ amount }) => `We do not know yet whether your refund of ${amount} has been paid; we are making sure.`,
    refund_parked: ({ amount }) => `Your refund of ${amount} is held up; we are seeing to it.`,
  },
  de: {
    parcel_delayed: () => 'Ihr Paket verspätet sich auf dem Weg zu uns.',
    parcel_problem: () => 'Der Versanddienst meldet ein Problem mit Ihrem Paket; wir gehen dem nach.',
    parcel_lost: () => 'Der Versanddienst meldet Ihr Paket als verloren; wir gehen dem nach.',
    item_mismatched: ({ item }) => `Statt „${item}“ lag etwas anderes im Paket; wir klären das.`,
    item_missing: ({ item, quantity }) =>
      `${quantity} × „${item}“ ${quantity === 1 ? 'ist' : 'sind'} nicht bei uns angekommen. Bei Fragen melden Sie sich bitte bei uns.`,
    refund_blocked: ({ amount, block }) =>
      `Ihre Erstattung über ${amount} kann noch nicht ausgezahlt werden: ${BLOCK_WORDS.de[block]}. Wir kümmern uns darum.`,
    refund_failed: ({ amount }) =>
      `Ihre Erstattung über ${amount} konnte nicht ausgezahlt werden. Der Betrag steht Ihnen weiterhin zu; wir kümmern uns darum.`,
    refund_in_doubt: ({ amount }) => `Noch steht nicht fest, ob Ihre Erstattung über ${amount} ausgezahlt wurde; wir klären das.`,
    refund_parked: ({ amount }) => `Ihre Erstattung über ${amount} verzögert sich; wir kümmern uns darum.`,
  },
};
