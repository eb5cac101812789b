/** The sentences of a return's history in German. A code nobody has words for is left out rather than said in English. */
import { STORE_CREDIT } from '../rules/money/payouts.js';
import type { Destination, Disposition, EventOf, FeeCode, VoidOutcome } from '../rules/returns.events.js';
import { declineWords } from './decline.words.js';
import { atPlace, by, inside, isRefundedElsewhere, quoted, unitsIn, type Sentences, type Wording } from './history-wording.js';
import { reviewInWords, type ReadReason } from './reason.words.js';
import { BLOCK_WORDS } from './returns.words.js';

export const GERMAN: Sentences = {
  OrderRegistered: (data) => `Bestellung ${data.number} wurde mit ${count(data.lines.length, 'Position', 'Positionen')} erfasst.`,
  OrderAmended: (data) => `Der Shop hat Bestellung ${data.number} geändert.`,
  FulfilmentRecorded: (data) => `Der Shop hat den Versand von ${count(data.lines.length, 'Position', 'Positionen')} gemeldet.`,
  PaymentDisputed: (data, { money }) => `Bei der Bank wurde eine Zahlung über ${money(data.amountMinor)} beanstandet.`,
  DisputeClosed: (data) =>
    data.outcome === 'won'
      ? 'Die Beanstandung wurde zugunsten des Shops entschieden.'
      : 'Die Beanstandung wurde zulasten des Shops entschieden.',
  RefundedElsewhere: (data, { money }) => `Der Shop hat ${money(data.amountMinor)} der Bestellung auf anderem Weg erstattet.`,
  ReturnRequested: (data, { money }) =>
    `Rücksendung angemeldet: ${unitsIn(data.lines)} Artikel, voraussichtliche Erstattung ${money(data.quotedMinor)}${OUTCOMES[data.outcome]}.`,
  ReturnApproved: (data) =>
    data.by === 'policy' ? 'Die Rücksendung wurde sofort genehmigt.' : 'Die Rücksendung wurde nach Prüfung genehmigt.',
  ReturnSentToReview: (data, wording) =>
    `Die Rücksendung wird geprüft: ${data.reasons.map((each) => inside(reviewInWords(each, 'de', wording.text, wording.isWithheld))).join('; ')}.`,
  ReturnDeclined: (data, wording) =>
    data.by === 'policy'
      ? `Die Rücksendung ist nach den Rückgabebedingungen nicht möglich${whyDeclined(data.code)}.`
      : `Die Rücksendung wurde abgelehnt${whyDeclined(data.code)}${quoted(data.noteRef, wording.text, '„', '“')}.`,
  ReturnCancelled: (data, wording) =>
    data.by === 'customer' ? 'Auf Kundenwunsch storniert.' : `Vom Shop storniert${why(wording.reason(data.reason))}.`,
  ReturnExpired: (data) => `Abgelaufen: Innerhalb von ${count(data.afterDays, 'Tag', 'Tagen')} wurde nichts abgeschickt.`,
  ReturnClosed: (data, wording) => `Abgeschlossen${why(wording.reason(data.reason))}.`,
  ReturnReopened: (data, wording) => `Wieder geöffnet${why(wording.reason(data.reason))}.`,
  LabelRequested: (data) => (data.kind === 'label' ? 'Ein Rücksendeetikett wurde angefordert.' : 'Ein Abgabecode wurde angefordert.'),
  LabelIssued: (data) => `Das Rücksendeetikett ist fertig (${by(data.carrier)}Sendungsnummer ${data.trackingNumber}).`,
  DropOffCodeIssued: (data) => `Der Abgabecode ist fertig (${by(data.carrier)}Sendungsnummer ${data.trackingNumber}).`,
  LabelFailed: (data) =>
    data.retryable
      ? 'Das Rücksendeetikett konnte noch nicht erstellt werden; wir versuchen es erneut.'
      : 'Das Rücksendeetikett konnte nicht erstellt werden.',
  LabelParked: (data) =>
    `Das Rücksendeetikett konnte nach ${count(data.attempts, 'Versuch', 'Versuchen')} nicht erstellt werden; wir kümmern uns darum.`,
  LabelVoided: () => 'Das Rücksendeetikett ist nicht mehr gültig.',
  LabelVoidConfirmed: (data) => VOIDED[data.outcome],
  PickupScheduled: pickupWords,
  PickupMissed: (data) =>
    data.fault === 'customer'
      ? 'Der Kurier war da, konnte das Paket aber nicht mitnehmen.'
      : 'Der Kurier ist nicht wie vereinbart gekommen.',
  PickupCompleted: () => 'Der Kurier hat das Paket abgeholt.',
  ParcelScanned: (data) => `Das Paket ist beim Versanddienst${atPlace(data.place)}.`,
  ParcelDelayed: (data, wording) =>
    `Das Paket verspätet sich${atPlace(data.place)}${data.expectedAt === null ? '' : `; voraussichtliche Ankunft am ${wording.day(data.expectedAt)}`}.`,
  ParcelExceptionRaised: (data) => `Der Versanddienst meldet ein Problem mit dem Paket${atPlace(data.place)}${why({ code: data.code })}.`,
  ParcelLost: () => 'Der Versanddienst meldet das Paket als verloren.',
  ParcelDelivered: (data) => `Das Paket ist im Lager angekommen${atPlace(data.place)}.`,
  ParcelOpened: () => 'Das Paket wurde geöffnet.',
  ItemReceived: (data, wording) => `${items(data, wording)} eingegangen.`,
  ItemUnexpected: unexpectedWords,
  ItemReceivedElsewhere: (data, wording) =>
    `${data.quantity} × ${titleOf(data.lineId, wording)} in diesem Paket ${data.quantity === 1 ? 'gehört' : 'gehören'} zur Rücksendung ${data.onReturnId} und ${data.quantity === 1 ? 'wurde' : 'wurden'} dort angenommen.`,
  ItemMismatched: mismatchWords,
  ItemMarkedMissing: (data, wording) => `${items(data, wording)} nicht angekommen${why({ code: data.why })}.`,
  ReceiptCorrected: (data) => `Ein Wareneingang wurde um ${data.delta} berichtigt${why({ code: data.why })}.`,
  ItemGraded: (data, wording) => `${items(data, wording)} geprüft: Zustand ${data.grade}.`,
  ItemDisposed: disposedWords,
  RestockRequested: (data) => `${data.quantity} × ${data.sku ?? data.title} dem Lagersystem gemeldet.`,
  RestockConfirmed: () => 'Das Lagersystem hat die Artikel übernommen.',
  RestockBlocked: (data) => `Das Lagersystem hat die Artikel nicht übernommen${why({ code: data.reason })}.`,
  RestockWithdrawn: (data, wording) =>
    `${items(data, wording)} ${data.units.length === 1 ? 'kommt' : 'kommen'} nicht wieder in den Verkauf.`,
  RefundBlocked: (data, { money }) => {
    const { amountMinor, code } = data;
    return code === null
      ? 'Es wird kein Betrag mehr zurückgehalten.'
      : `${money(amountMinor)} stehen für die Artikel aus und können noch nicht ausgezahlt werden: ${BLOCK_WORDS.de[code]}.`;
  },
  RefundEntitled: entitledWords,
  RefundSubmitted: (data, { money }) =>
    data.provider === STORE_CREDIT
      ? 'Das Guthaben wird ausgestellt.'
      : `${money(data.amountMinor)} an den Zahlungsdienstleister übermittelt.`,
  RefundPending: () => 'Der Zahlungsdienstleister bearbeitet die Erstattung.',
  RefundSucceeded: (data) =>
    data.by === 'provider' ? 'Die Erstattung wurde ausgezahlt.' : 'Die Erstattung wurde ausgezahlt und von Hand bestätigt.',
  RefundFailed: (data) => `Die Erstattung ist fehlgeschlagen${why({ code: data.code })}; der Betrag steht Ihnen weiterhin zu.`,
  RefundPutInDoubt: () => 'Noch steht nicht fest, ob die Erstattung ausgezahlt wurde; bis dahin wird nichts weiter ausgezahlt.',
  RefundParked: (data) => {
    if (isRefundedElsewhere(data.reason))
      return 'Die Erstattung wartet: Es wurde schon auf anderem Weg Geld erstattet; wir kümmern uns darum.';
    return `Die Erstattung konnte nach ${count(data.attempts, 'Versuch', 'Versuchen')} nicht ausgezahlt werden; wir kümmern uns darum.`;
  },
  RefundRetryRequested: () => 'Die Erstattung wird erneut versucht.',
  RefundRerouted: (data) => `Die Erstattung geht jetzt einen anderen Weg: ${DESTINATIONS[data.destination]}.`,
  StoreCreditIssued: (data, { money }) => `Ein Guthaben über ${money(data.amountMinor + data.bonusMinor)} wurde Ihnen gutgeschrieben.`,
};

const OUTCOMES: Readonly<Record<EventOf<'ReturnRequested'>['data']['outcome'], string>> = {
  original_payment: ' auf das ursprüngliche Zahlungsmittel',
  store_credit: ' als Guthaben',
  exchange: ' durch Umtausch',
};
const DESTINATIONS: Readonly<Record<Destination, string>> = {
  original_payment: 'auf das ursprüngliche Zahlungsmittel',
  store_credit: 'als Guthaben',
  bank_transfer: 'per Überweisung',
};
const DISPOSITIONS: Readonly<Record<Disposition, string>> = {
  restock: 'wieder im Verkauf',
  open_box: 'Verkauf als geöffnete Ware',
  refurbish: 'Aufbereitung',
  scrap: 'Entsorgung',
  recycle: 'Recycling',
  donate: 'Spende',
  return_to_vendor: 'zurück an den Hersteller',
  return_to_customer: 'zurück an den Kunden',
  quarantine: 'zur Klärung beiseitegelegt',
};
const FEES: Readonly<Record<FeeCode, string>> = {
  restocking: 'Bearbeitungsgebühr',
  return_shipping: 'Rücksendekosten',
  promotion_lost: 'entfallener Rabatt',
  not_captured: 'Rundung',
  given_up: 'ohne Deckung durch die Zahlungen',
};

/** Codes the service itself and its desks write. */
const REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    customer_request: 'auf Kundenwunsch',
    changed_mind: 'anders überlegt',
    ordered_again: 'erneut bestellt',
    late_parcel: 'Paket nach Ablauf eingetroffen',
    worn: 'getragen',
    wrong_scan: 'falscher Scan',
    wrong_item: 'falscher Artikel',
    wrong_quantity: 'falsche Anzahl',
    wrong_return: 'falsche Rücksendung',
    not_in_parcel: 'nicht im Paket',
    empty_box: 'leere Verpackung',
    lost_by_carrier: 'beim Versand verloren',
    told_by_customer: 'nach Angabe des Kunden',
    unknown_sku: 'unbekannter Artikel',
    no_space: 'kein Platz',
    not_sellable: 'nicht verkäuflich',
    recalled: 'zurückgerufen',
    refused_by_stock_system: 'vom System abgelehnt',
    damaged: 'beschädigt',
    address_unknown: 'Adresse unbekannt',
    card_closed: 'Karte nicht mehr gültig',
  }),
);

/** A code in German, or not at all; what a person wrote as it is; nothing for null. */
function why(reason: ReadReason | null): string {
  if (reason === null) return '';
  const words = 'code' in reason ? REASONS.get(reason.code) : inside(reason.text);
  return words === undefined ? '' : `: ${words}`;
}

function whyDeclined(code: string): string {
  const words = declineWords(code, 'de');
  return words === undefined ? why({ code }) : `: ${words}`;
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
function titleOf(lineId: string, { title }: Wording): string {
  const known = title(lineId);
  return known === undefined ? `Position ${lineId}` : `„${known}“`;
}
const VOIDED: Readonly<Record<VoidOutcome, string>> = {
  submitted: 'Der Versanddienst wurde gebeten, das unbenutzte Etikett zurückzunehmen.',
  refunded: 'Der Versanddienst hat das unbenutzte Etikett zurückgenommen.',
  rejected: 'Der Versanddienst hat das Etikett nicht zurückgenommen.',
  not_applicable: 'Der Versanddienst berechnet für das unbenutzte Etikett nichts.',
  parked: 'Der Versanddienst konnte nicht gebeten werden, das Etikett zurückzunehmen; wir kümmern uns darum.',
};
const items = ({ lineId, units }: { readonly lineId: string; readonly units: readonly number[] }, wording: Wording): string =>
  `${units.length} × ${titleOf(lineId, wording)}`;

function pickupWords({ from, until }: { readonly from: string; readonly until: string }, { day, time, zone }: Wording): string {
  return day(from) === day(until)
    ? `Der Kurier kommt am ${day(from)} zwischen ${time(from)} und ${time(until)} Uhr (${zone(from)}).`
    : `Der Kurier kommt zwischen dem ${day(from)}, ${time(from)} Uhr, und dem ${day(until)}, ${time(until)} Uhr (${zone(from)}).`;
}

function unexpectedWords({ quantity, why: cause }: EventOf<'ItemUnexpected'>['data']): string {
  const fate = quantity === 1 ? 'ist angekommen und wurde beiseitegelegt' : 'sind angekommen und wurden beiseitegelegt';
  if (cause === 'surplus') return `${quantity} Artikel mehr als angemeldet ${fate}.`;
  return `${quantity} Artikel, ${quantity === 1 ? 'der nicht zur Rücksendung gehört' : 'die nicht zur Rücksendung gehören'}, ${fate}.`;
}

function mismatchWords({ quantity, expectedLineId }: EventOf<'ItemMismatched'>['data'], wording: Wording): string {
  return `Statt ${titleOf(expectedLineId, wording)} ${quantity === 1 ? 'lag 1 anderer' : `lagen ${quantity} andere`} Artikel im Paket.`;
}

function disposedWords(data: EventOf<'ItemDisposed'>['data'], wording: Wording): string {
  return `${items(data, wording)} weitergegeben: ${DISPOSITIONS[data.disposition]}${atPlace(data.location)}.`;
}

function entitledWords({ breakdown, destination }: EventOf<'RefundEntitled'>['data'], { money }: Wording): string {
  const fees = breakdown.fees.map(({ code, amountMinor }) =>
    amountMinor < 0 ? `zuzüglich ${money(-amountMinor)} Rabatt` : `abzüglich ${money(amountMinor)} ${FEES[code]}`,
  );
  const parts = fees.length === 0 ? '' : ` (${fees.join(', ')})`;
  return `Sie erhalten ${money(breakdown.totalMinor)}${parts} ${DESTINATIONS[destination]}.`;
}
