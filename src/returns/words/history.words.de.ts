/** The sentences of a return's history in German. A code nobody has words for is left out rather than said in English. */
import { STORE_CREDIT } from '../rules/money/payouts.js';
import type { Destination, Disposition, EventOf, FeeCode, ReturnsEvent } from '../rules/returns.events.js';
import { declineWords } from './decline.words.js';
import { atPlace, by, inside, isRefundedElsewhere, quoted, unitsIn, type Wording } from './history-wording.js';
import { reviewInWords, type ReadReason } from './reason.words.js';
import { BLOCK_WORDS } from './returns.words.js';

export function germanOf(event: ReturnsEvent, wording: Wording): string {
  const { money } = wording;
  switch (event.type) {
    case 'OrderRegistered':
      return `Bestellung ${event.data.number} wurde mit ${count(event.data.lines.length, 'Position', 'Positionen')} erfasst.`;
    case 'OrderAmended':
      return `Der Shop hat Bestellung ${event.data.number} geändert.`;
    case 'FulfilmentRecorded':
      return `Der Shop hat den Versand von ${count(event.data.lines.length, 'Position', 'Positionen')} gemeldet.`;
    case 'PaymentDisputed':
      return `Bei der Bank wurde eine Zahlung über ${money(event.data.amountMinor)} beanstandet.`;
    case 'DisputeClosed':
      return event.data.outcome === 'won'
        ? 'Die Beanstandung wurde zugunsten des Shops entschieden.'
        : 'Die Beanstandung wurde zulasten des Shops entschieden.';
    case 'RefundedElsewhere':
      return `Der Shop hat ${money(event.data.amountMinor)} der Bestellung auf anderem Weg erstattet.`;
    case 'ReturnRequested':
      return `Rücksendung angemeldet: ${unitsIn(event.data.lines)} Artikel, voraussichtliche Erstattung ${money(event.data.quotedMinor)}${OUTCOMES[event.data.outcome]}.`;
    case 'ReturnApproved':
      return event.data.by === 'policy' ? 'Die Rücksendung wurde sofort genehmigt.' : 'Die Rücksendung wurde nach Prüfung genehmigt.';
    case 'ReturnSentToReview':
      return `Die Rücksendung wird geprüft: ${event.data.reasons.map((each) => inside(reviewInWords(each, 'de', wording.text, wording.isWithheld))).join('; ')}.`;
    case 'ReturnDeclined':
      return event.data.by === 'policy'
        ? `Die Rücksendung ist nach den Rückgabebedingungen nicht möglich${whyDeclined(event.data.code)}.`
        : `Die Rücksendung wurde abgelehnt${whyDeclined(event.data.code)}${quoted(event.data.noteRef, wording.text, '„', '“')}.`;
    case 'ReturnCancelled':
      return event.data.by === 'customer' ? 'Auf Kundenwunsch storniert.' : `Vom Shop storniert${why(wording.reason(event.data.reason))}.`;
    case 'ReturnExpired':
      return `Abgelaufen: Innerhalb von ${count(event.data.afterDays, 'Tag', 'Tagen')} wurde nichts abgeschickt.`;
    case 'ReturnClosed':
      return `Abgeschlossen${why(wording.reason(event.data.reason))}.`;
    case 'ReturnReopened':
      return `Wieder geöffnet${why(wording.reason(event.data.reason))}.`;
    case 'LabelRequested':
      return event.data.kind === 'label' ? 'Ein Rücksendeetikett wurde angefordert.' : 'Ein Abgabecode wurde angefordert.';
    case 'LabelIssued':
      return `Das Rücksendeetikett ist fertig (${by(event.data.carrier)}Sendungsnummer ${event.data.trackingNumber}).`;
    case 'DropOffCodeIssued':
      return `Der Abgabecode ist fertig (${by(event.data.carrier)}Sendungsnummer ${event.data.trackingNumber}).`;
    case 'LabelFailed':
      return event.data.retryable
        ? 'Das Rücksendeetikett konnte noch nicht erstellt werden; wir versuchen es erneut.'
        : 'Das Rücksendeetikett konnte nicht erstellt werden.';
    case 'LabelParked':
      return `Das Rücksendeetikett konnte nach ${count(event.data.attempts, 'Versuch', 'Versuchen')} nicht erstellt werden; wir kümmern uns darum.`;
    case 'LabelVoided':
      return 'Das Rücksendeetikett ist nicht mehr gültig.';
    case 'PickupScheduled':
      return pickupWords(event.data, wording);
    case 'PickupMissed':
      return event.data.fault === 'customer'
        ? 'Der Kurier war da, konnte das Paket aber nicht mitnehmen.'
        : 'Der Kurier ist nicht wie vereinbart gekommen.';
    case 'PickupCompleted':
      return 'Der Kurier hat das Paket abgeholt.';
    case 'ParcelScanned':
      return `Das Paket ist beim Versanddienst${atPlace(event.data.place)}.`;
    case 'ParcelDelayed':
      return `Das Paket verspätet sich${atPlace(event.data.place)}${event.data.expectedAt === null ? '' : `; voraussichtliche Ankunft am ${wording.day(event.data.expectedAt)}`}.`;
    case 'ParcelExceptionRaised':
      return `Der Versanddienst meldet ein Problem mit dem Paket${atPlace(event.data.place)}${why({ code: event.data.code })}.`;
    case 'ParcelLost':
      return 'Der Versanddienst meldet das Paket als verloren.';
    case 'ParcelDelivered':
      return `Das Paket ist im Lager angekommen${atPlace(event.data.place)}.`;
    case 'ParcelOpened':
      return 'Das Paket wurde geöffnet.';
    case 'ItemReceived':
      return `${items(event.data, wording)} eingegangen.`;
    case 'ItemUnexpected':
      return unexpectedWords(event);
    case 'ItemReceivedElsewhere':
      return `${event.data.quantity} × ${titleOf(event.data.lineId, wording)} in diesem Paket ${event.data.quantity === 1 ? 'gehört' : 'gehören'} zur Rücksendung ${event.data.onReturnId} und ${event.data.quantity === 1 ? 'wurde' : 'wurden'} dort angenommen.`;
    case 'ItemMismatched':
      return mismatchWords(event, wording);
    case 'ItemMarkedMissing':
      return `${items(event.data, wording)} nicht angekommen${why({ code: event.data.why })}.`;
    case 'ReceiptCorrected':
      return `Ein Wareneingang wurde um ${event.data.delta} berichtigt${why({ code: event.data.why })}.`;
    case 'ItemGraded':
      return `${items(event.data, wording)} geprüft: Zustand ${event.data.grade}.`;
    case 'ItemDisposed':
      return disposedWords(event, wording);
    case 'RestockRequested':
      return `${event.data.quantity} × ${event.data.sku ?? event.data.title} dem Lagersystem gemeldet.`;
    case 'RestockConfirmed':
      return 'Das Lagersystem hat die Artikel übernommen.';
    case 'RestockBlocked':
      return `Das Lagersystem hat die Artikel nicht übernommen${why({ code: event.data.reason })}.`;
    case 'RestockWithdrawn':
      return `${items(event.data, wording)} ${event.data.units.length === 1 ? 'kommt' : 'kommen'} nicht wieder in den Verkauf.`;
    case 'RefundBlocked': {
      const { amountMinor, code } = event.data;
      return code === null
        ? 'Es wird kein Betrag mehr zurückgehalten.'
        : `${money(amountMinor)} stehen für die Artikel aus und können noch nicht ausgezahlt werden: ${BLOCK_WORDS.de[code]}.`;
    }
    case 'RefundEntitled':
      return entitledWords(event, money);
    case 'RefundSubmitted':
      return event.data.provider === STORE_CREDIT
        ? 'Das Guthaben wird ausgestellt.'
        : `${money(event.data.amountMinor)} an den Zahlungsdienstleister übermittelt.`;
    case 'RefundPending':
      return 'Der Zahlungsdienstleister bearbeitet die Erstattung.';
    case 'RefundSucceeded':
      return event.data.by === 'provider' ? 'Die Erstattung wurde ausgezahlt.' : 'Die Erstattung wurde ausgezahlt und von Hand bestätigt.';
    case 'RefundFailed':
      return `Die Erstattung ist fehlgeschlagen${why({ code: event.data.code })}; der Betrag steht Ihnen weiterhin zu.`;
    case 'RefundPutInDoubt':
      return 'Noch steht nicht fest, ob die Erstattung ausgezahlt wurde; bis dahin wird nichts weiter ausgezahlt.';
    case 'RefundParked':
      if (isRefundedElsewhere(event.data.reason))
        return 'Die Erstattung wartet: Es wurde schon auf anderem Weg Geld erstattet; wir kümmern uns darum.';
      return `Die Erstattung konnte nach ${count(event.data.attempts, 'Versuch', 'Versuchen')} nicht ausgezahlt werden; wir kümmern uns darum.`;
    case 'RefundRetryRequested':
      return 'Die Erstattung wird erneut versucht.';
    case 'RefundRerouted':
      return `Die Erstattung geht jetzt einen anderen Weg: ${DESTINATIONS[event.data.destination]}.`;
    case 'StoreCreditIssued':
      return `Ein Guthaben über ${money(event.data.amountMinor + event.data.bonusMinor)} wurde Ihnen gutgeschrieben.`;
  }
}

const OUTCOMES: Readonly<Record<Extract<ReturnsEvent, { type: 'ReturnRequested' }>['data']['outcome'], string>> = {
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
const items = ({ lineId, units }: { readonly lineId: string; readonly units: readonly number[] }, wording: Wording): string =>
  `${units.length} × ${titleOf(lineId, wording)}`;

function pickupWords({ from, until }: { readonly from: string; readonly until: string }, { day, time, zone }: Wording): string {
  return day(from) === day(until)
    ? `Der Kurier kommt am ${day(from)} zwischen ${time(from)} und ${time(until)} Uhr (${zone(from)}).`
    : `Der Kurier kommt zwischen dem ${day(from)}, ${time(from)} Uhr, und dem ${day(until)}, ${time(until)} Uhr (${zone(from)}).`;
}

function unexpectedWords({ data: { quantity, why: cause } }: EventOf<'ItemUnexpected'>): string {
  const fate = quantity === 1 ? 'ist angekommen und wurde beiseitegelegt' : 'sind angekommen und wurden beiseitegelegt';
  if (cause === 'surplus') return `${quantity} Artikel mehr als angemeldet ${fate}.`;
  return `${quantity} Artikel, ${quantity === 1 ? 'der nicht zur Rücksendung gehört' : 'die nicht zur Rücksendung gehören'}, ${fate}.`;
}

function mismatchWords({ data: { quantity, expectedLineId } }: EventOf<'ItemMismatched'>, wording: Wording): string {
  return `Statt ${titleOf(expectedLineId, wording)} ${quantity === 1 ? 'lag 1 anderer' : `lagen ${quantity} andere`} Artikel im Paket.`;
}

function disposedWords({ data }: EventOf<'ItemDisposed'>, wording: Wording): string {
  return `${items(data, wording)} weitergegeben: ${DISPOSITIONS[data.disposition]}${atPlace(data.location)}.`;
}

function entitledWords({ data: { breakdown, destination } }: EventOf<'RefundEntitled'>, money: Wording['money']): string {
  const fees = breakdown.fees.map(({ code, amountMinor }) =>
    amountMinor < 0 ? `zuzüglich ${money(-amountMinor)} Rabatt` : `abzüglich ${money(amountMinor)} ${FEES[code]}`,
  );
  const parts = fees.length === 0 ? '' : ` (${fees.join(', ')})`;
  return `Sie erhalten ${money(breakdown.totalMinor)}${parts} ${DESTINATIONS[destination]}.`;
}
