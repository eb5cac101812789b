/** What happens next with a return, told to its customer: one sentence, and until when they must act. Pure; follows from the return's state alone. */
import { DAY_MS, localDate } from '../../shared/days.js';
import { dayInWords, timeInWords, zoneInWords, type Language } from '../../shared/language.js';
import type { PickupState, ReturnsState, ReturnState, ReturnUnit, UnitPlace } from '../rules/returns.state.js';
import { expiresAt, isOpen, livePayouts, statusOf, type ReturnStatus } from '../rules/returns.status.js';
import { inWords } from './amounts.js';
import { BLOCK_WORDS } from './returns.words.js';

/** Who reads it. `timeZone`: the shop's, IANA name. */
export type Reader = { readonly language: Language; readonly timeZone: string };
/** What is next: a status as it is, what return shipping asks for, or where it stands more exactly. */
type Step = keyof typeof ENGLISH;
/** Days, times and amounts in words; `block`: why money is held back. What a step is not about is empty. */
type Facts = {
  readonly amount: string;
  readonly block: string;
  readonly by: string;
  readonly day: string;
  readonly from: string;
  readonly until: string;
  readonly zone: string;
};

/** What the customer must do before the return expires. */
const CUSTOMERS_TURN: ReadonlySet<Step> = new Set<Step>(['send_label', 'show_code', 'book_pickup', 'pickup_missed', 'send', 'bring']);
const IS_HERE: ReadonlySet<UnitPlace> = new Set<UnitPlace>(['received', 'held', 'disposed']);
const PICKUP_STEPS: Readonly<Record<PickupState, Step>> = { scheduled: 'pickup_coming', missed: 'pickup_missed', completed: 'in_transit' };

function firstStep({ method, labels, pickups }: ReturnState): Step {
  if (method === 'own_shipping') return 'send';
  if (method === 'in_store') return 'bring';
  if (method === 'keep') return 'nothing_to_send';
  const states = new Set(labels.map((label) => label.state));
  if (!states.has('issued')) {
    if (states.size === 0 || states.has('requested')) return method === 'drop_off' ? 'code_coming' : 'label_coming';
    return 'label_missing';
  }
  if (method !== 'pickup') return method === 'drop_off' ? 'show_code' : 'send_label';
  const pickup = pickups.at(-1);
  if (pickup === undefined) return 'book_pickup';
  return PICKUP_STEPS[pickup.state];
}

function stepOf(state: ReturnsState, ret: ReturnState): Step {
  const status = statusOf(state, ret);
  const units = ret.lines.flatMap((line) => line.units);
  // A person decides first, whatever has come and whatever was paid; only money that hangs is more pressing.
  if (ret.authorisation === 'in_review' && status !== 'refund_in_doubt' && status !== 'refund_failed') {
    return units.some(({ place }) => IS_HERE.has(place)) ? 'in_review_here' : 'in_review';
  }
  const isUnderway = status === 'approved' || status === 'label_issued' || status === 'in_transit';
  if (isUnderway && ret.parcels.length > 0 && ret.parcels.every((parcel) => parcel.phase === 'lost')) return 'lost';
  if (status === 'approved' || status === 'label_issued') return firstStep(ret);
  const isAwaited = units.some(({ place }) => place === 'awaiting');
  // What came first may have given nothing; the rest is still to come.
  if (status === 'inspecting' && isAwaited) return 'receiving';
  if (status === 'delivered' && ret.parcels.some((parcel) => parcel.phase === 'opened')) return isAwaited ? 'opened' : 'nothing_came';
  return ofMoney(ret, units, status);
}

/** What the refunds bring, and where to: without a payout no bank has anything to show. */
function ofMoney(ret: ReturnState, units: readonly ReturnUnit[], status: Exclude<ReturnStatus, 'approved' | 'label_issued'>): Step {
  const payouts = ret.refunds.flatMap(livePayouts);
  const isCredit = payouts.every(({ destination }) => destination === 'store_credit');
  switch (status) {
    case 'refunding':
      return isCredit ? 'credit_coming' : 'refunding';
    case 'partially_refunded':
      return payouts.some((payout) => payout.state !== 'succeeded') && !units.some(isOpen) ? 'rest_coming' : 'partially_refunded';
    case 'refunded':
      if (payouts.length === 0) return 'nothing_refunded';
      return isCredit ? 'credit_given' : 'refunded';
    default:
      return status;
  }
}

/** The return expires at the hour at which it was approved, so the day before is the last one that is theirs from morning to night. */
function lastDay(ret: ReturnState, timeZone: string): string | null {
  const expires = expiresAt(ret);
  return expires === null ? null : localDate(expires - DAY_MS, timeZone);
}

/**
 * What happens next, as its reader is told. `nextBy`: last whole day on which the customer can do it, `YYYY-MM-DD` in the
 * shop's time zone; null where they need not do anything.
 */
export function nextStep(state: ReturnsState, ret: ReturnState, { language, timeZone }: Reader) {
  const step = stepOf(state, ret);
  const nextBy = CUSTOMERS_TURN.has(step) ? lastDay(ret, timeZone) : null;
  const pickup = ret.pickups.at(-1);
  const { blocked } = ret;
  const facts = {
    amount: blocked === null || state.order === null ? '' : inWords(blocked.amountMinor, state.order.currency, language),
    block: blocked === null ? '' : BLOCK_WORDS[language][blocked.code],
    by: nextBy === null ? '' : dayInWords(nextBy, language, timeZone),
    day: pickup === undefined ? '' : dayInWords(pickup.from, language, timeZone),
    from: pickup === undefined ? '' : timeInWords(pickup.from, language, timeZone),
    until: pickup === undefined ? '' : timeInWords(pickup.until, language, timeZone),
    zone: pickup === undefined ? '' : zoneInWords(pickup.from, language, timeZone),
  };
  return { next: NEXT_WORDS[language][step](facts), nextBy };
}

/** Steps that wait for the customer always have a day: the return is approved. */
const ENGLISH = {
  requested: () => 'Your request has arrived; you will hear from us.',
  in_review: () => 'We are looking at your return; you need not do anything until you hear from us.',
  in_review_here: () => 'Your return is here and a person is looking at it; you need not do anything until you hear from us.',
  label_coming: () => 'Your return label will be here in a moment.',
  code_coming: () => 'Your drop-off code will be here in a moment.',
  label_missing: () => 'Your return label could not be made. Please ask for another one.',
  send_label: ({ by }) => `Put the label on the parcel and hand it in by ${by}.`,
  show_code: ({ by }) => `Bring the parcel to a drop-off point and show the code by ${by}.`,
  book_pickup: ({ by }) => `Choose when the courier shall come, by ${by}.`,
  pickup_missed: ({ by }) => `The pickup did not work out. Please choose another time, by ${by}.`,
  pickup_coming: ({ day, from, until, zone }) =>
    `The courier comes on ${day} between ${from} and ${until} (${zone}). Please have the parcel ready, with the label on it.`,
  send: ({ by }) => `Send the parcel to us by ${by}.`,
  bring: ({ by }) => `Bring it to the store by ${by}.`,
  nothing_to_send: () => 'You need not send anything back; your refund follows.',
  in_transit: () => 'Your parcel is on its way to us.',
  lost: () => 'We are finding out with the carrier what became of your parcel; you need not do anything.',
  delivered: () => 'Your parcel has arrived; we are about to unpack it.',
  opened: () => 'Your parcel has arrived and is opened; we are looking into what is in it.',
  nothing_came: () => 'None of the items arrived with us. Please contact us.',
  receiving: () => 'Part of your return is here; we are waiting for the rest.',
  received: () => 'Your return is here; your refund comes next.',
  inspecting: () => 'We are inspecting your return; your refund comes next.',
  refunding: () => 'Your refund is on its way: 2 to 5 days.',
  credit_coming: () => 'Your store credit is on its way.',
  credit_given: () => 'All done. Your store credit is ready to be spent.',
  partially_refunded: () => 'Part of your refund is paid; the rest follows as soon as everything is here and checked.',
  refunded: () => 'All done. It can take a few days until your bank shows the money.',
  nothing_refunded: () => 'All done. There was nothing to pay back.',
  rest_coming: () => 'Part of your refund is paid; the rest is on its way.',
  refund_blocked: ({ amount, block }) =>
    `Your refund of ${amount} cannot be paid yet: ${block}. We are seeing to it; you need not do anything.`,
  refund_failed: () => 'Your refund could not be paid yet. We are seeing to it; you need not do anything.',
  refund_in_doubt: () => 'We are making sure that your refund has arrived. We are seeing to it; you need not do anything.',
  declined: () => 'This return was declined. Please contact us if you have questions.',
  cancelled: () => 'This return is cancelled. Please do not send anything with its label.',
  expired: () => 'This return has expired. As long as your items can be returned, you can file a new one.',
  closed: () => 'This return is closed. Please contact us if you have questions.',
} satisfies Readonly<Record<string, (facts: Facts) => string>>;
const GERMAN: Readonly<Record<Step, (facts: Facts) => string>> = {
  requested: () => 'Ihre Anfrage ist eingegangen; wir melden uns bei Ihnen.',
  in_review: () => 'Wir prüfen Ihre Rücksendung. Sie müssen nichts tun, bis Sie von uns hören.',
  in_review_here: () => 'Ihre Rücksendung ist da und wird persönlich geprüft. Sie müssen nichts tun, bis Sie von uns hören.',
  label_coming: () => 'Ihr Rücksendeetikett ist gleich fertig.',
  code_coming: () => 'Ihr Abgabecode ist gleich fertig.',
  label_missing: () => 'Ihr Rücksendeetikett konnte nicht erstellt werden. Bitte fordern Sie ein neues an.',
  send_label: ({ by }) => `Kleben Sie das Etikett auf das Paket und geben Sie es bis zum ${by} ab.`,
  show_code: ({ by }) => `Bringen Sie das Paket bis zum ${by} in einen Paketshop und zeigen Sie dort den Code vor.`,
  book_pickup: ({ by }) => `Bitte vereinbaren Sie bis zum ${by} einen Abholtermin.`,
  pickup_missed: ({ by }) => `Die Abholung hat nicht geklappt. Bitte vereinbaren Sie bis zum ${by} einen neuen Termin.`,
  pickup_coming: ({ day, from, until, zone }) =>
    `Der Kurier kommt am ${day} zwischen ${from} und ${until} Uhr (${zone}). Bitte halten Sie das Paket mit Etikett bereit.`,
  send: ({ by }) => `Schicken Sie das Paket bis zum ${by} an uns zurück.`,
  bring: ({ by }) => `Bringen Sie die Artikel bis zum ${by} ins Geschäft.`,
  nothing_to_send: () => 'Sie müssen nichts zurückschicken; Ihre Erstattung folgt.',
  in_transit: () => 'Ihr Paket ist auf dem Weg zu uns.',
  lost: () => 'Wir klären mit dem Versanddienst, wo Ihr Paket geblieben ist. Sie müssen nichts tun.',
  delivered: () => 'Ihr Paket ist angekommen; wir packen es in Kürze aus.',
  opened: () => 'Ihr Paket ist da und geöffnet; wir klären, was darin ist.',
  nothing_came: () => 'Keiner der Artikel ist bei uns angekommen. Bitte melden Sie sich bei uns.',
  receiving: () => 'Ein Teil Ihrer Rücksendung ist da; wir warten noch auf den Rest.',
  received: () => 'Ihre Rücksendung ist da; als Nächstes folgt Ihre Erstattung.',
  inspecting: () => 'Wir prüfen die Artikel; danach folgt Ihre Erstattung.',
  refunding: () => 'Ihre Erstattung ist unterwegs: 2 bis 5 Tage.',
  credit_coming: () => 'Ihr Guthaben ist unterwegs.',
  credit_given: () => 'Alles erledigt. Ihr Guthaben steht bereit.',
  partially_refunded: () => 'Ein Teil Ihrer Erstattung ist ausgezahlt; der Rest folgt, sobald alles da und geprüft ist.',
  refunded: () => 'Alles erledigt. Bis Ihre Bank den Betrag anzeigt, können einige Tage vergehen.',
  nothing_refunded: () => 'Alles erledigt. Es war nichts auszuzahlen.',
  rest_coming: () => 'Ein Teil Ihrer Erstattung ist ausgezahlt; der Rest ist unterwegs.',
  refund_blocked: ({ amount, block }) =>
    `Ihre Erstattung über ${amount} kann noch nicht ausgezahlt werden: ${block}. Wir kümmern uns darum; Sie müssen nichts tun.`,
  refund_failed: () => 'Ihre Erstattung konnte noch nicht ausgezahlt werden. Wir kümmern uns darum; Sie müssen nichts tun.',
  refund_in_doubt: () => 'Wir klären, ob Ihre Erstattung angekommen ist. Sie müssen nichts tun.',
  declined: () => 'Diese Rücksendung wurde abgelehnt. Bei Fragen melden Sie sich bitte bei uns.',
  cancelled: () => 'Diese Rücksendung ist storniert. Bitte schicken Sie mit ihrem Etikett nichts mehr ab.',
  expired: () => 'Diese Rücksendung ist abgelaufen. Solange die Rückgabefrist läuft, können Sie eine neue anmelden.',
  closed: () => 'Diese Rücksendung ist abgeschlossen. Bei Fragen melden Sie sich bitte bei uns.',
};
const NEXT_WORDS: Readonly<Record<Language, typeof GERMAN>> = { en: ENGLISH, de: GERMAN };
