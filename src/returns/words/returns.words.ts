/** What the core tells customers, in every language we have: what is offered, what it costs, why money is held back. Pure. */
import { POLICY_WORDS } from '../../policy/policy.words.js';
import type { Language } from '../../shared/language.js';
import type { BlockCode } from '../rules/returns.events.js';

/** Amounts come in words; `bonus` null: none. A promotion is the only charge that may come back: nothing is kept in the end, so nothing is lost. */
const ENGLISH = {
  fees: {
    restocking: 'Restocking fee',
    return_shipping: 'Return shipping',
    promotion_lost: 'A promotion no longer applies to what you keep',
    not_captured: 'Rounding: that much less was charged than the prices add up to',
    given_up: 'Not covered by what was paid for the order',
  },
  promotionGivenBack: 'An earlier charge for a promotion is given back',
  methods: {
    label: 'You get a label to put on the parcel.',
    drop_off: 'You show a code at a drop-off point; no printer needed.',
    pickup: 'A courier fetches the parcel at your door.',
    own_shipping: 'You send it with a carrier of your choice, at your own expense.',
    in_store: 'You bring it to the store.',
    keep: POLICY_WORDS.en.returnShipping.keep,
  },
  feeTakenOff: (amount: string) => `${amount} is taken off your refund.`,
  originalPayment: 'Back the way you paid.',
  storeCredit: (bonus: string | null) => `Credit to spend in the shop${bonus === null ? '' : `, with a bonus of ${bonus}`}.`,
  allInReturn: 'Everything of this item that was shipped is in a return already.',
  nothingShipped: 'Nothing of this item was shipped yet.',
  notGoods: 'This was no item that is sent, so there is nothing to send back.',
  onlyLeft: (units: number) => `Only ${units} of this item can be returned.`,
};
export const OFFER_WORDS: Readonly<Record<Language, typeof ENGLISH>> = {
  en: ENGLISH,
  de: {
    fees: {
      restocking: 'Bearbeitungsgebühr',
      return_shipping: 'Rücksendekosten',
      promotion_lost: 'Für die behaltenen Artikel entfällt ein Rabatt',
      not_captured: 'Rundung: Um diesen Betrag wurde weniger abgebucht, als die Preise ergeben',
      given_up: 'Durch die Zahlungen zur Bestellung nicht gedeckt',
    },
    promotionGivenBack: 'Ein zuvor abgezogener Rabatt wird Ihnen gutgeschrieben',
    methods: {
      label: 'Sie erhalten ein Rücksendeetikett für Ihr Paket.',
      drop_off: 'Sie zeigen im Paketshop einen Code vor; Sie brauchen keinen Drucker.',
      pickup: 'Ein Kurier holt das Paket bei Ihnen ab.',
      own_shipping: 'Sie versenden das Paket auf eigene Kosten mit einem Versanddienst Ihrer Wahl.',
      in_store: 'Sie bringen den Artikel ins Geschäft.',
      keep: POLICY_WORDS.de.returnShipping.keep,
    },
    feeTakenOff: (amount) => `${amount} ziehen wir von Ihrer Erstattung ab.`,
    originalPayment: 'Zurück auf dem Weg, auf dem Sie bezahlt haben.',
    storeCredit: (bonus) => `Guthaben für Ihren nächsten Einkauf${bonus === null ? '' : `, mit ${bonus} Bonus`}.`,
    allInReturn: 'Alle gelieferten Stücke dieses Artikels sind bereits in einer Rücksendung.',
    nothingShipped: 'Dieser Artikel wurde noch nicht verschickt.',
    notGoods: 'Das ist kein Artikel, der verschickt wird; zurückschicken lässt er sich nicht.',
    onlyLeft: (units) =>
      `Von diesem Artikel ${units === 1 ? 'kann nur noch 1 Stück' : `können nur noch ${units} Stück`} zurückgegeben werden.`,
  },
};

/** Why money is held back, after a colon; for customers and staff alike. */
export const BLOCK_WORDS: Readonly<Record<Language, Readonly<Record<BlockCode, string>>>> = {
  en: {
    disputed: 'the payment is disputed with the bank',
    refunded_elsewhere: 'part of the payment has been given back another way already',
    nothing_captured: 'nothing has been paid for this order yet',
    part_captured: 'only a part of this order has been paid',
    used_up: 'what was paid for this order has been given back already',
  },
  de: {
    disputed: 'die Zahlung wird bei der Bank beanstandet',
    refunded_elsewhere: 'ein Teil der Zahlung wurde bereits auf anderem Weg erstattet',
    nothing_captured: 'für diese Bestellung ist noch nichts bezahlt',
    part_captured: 'diese Bestellung ist erst teilweise bezahlt',
    used_up: 'was für diese Bestellung bezahlt wurde, ist bereits erstattet',
  },
};
