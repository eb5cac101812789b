/** What the fees of a refund are called, to customers and to staff alike. */
export const FEES = {
  en: {
    restocking: 'Restocking fee',
    return_shipping: 'Return shipping',
    promotion_lost: 'Promotion that no longer applies',
    not_captured: 'Rounding: less was charged than the prices add up to',
    given_up: 'Not covered by what was paid for the order',
  },
  de: {
    restocking: 'Bearbeitungsgebühr',
    return_shipping: 'Rücksendekosten',
    promotion_lost: 'Entfallener Rabatt',
    not_captured: 'Rundung: weniger abgebucht, als die Preise ergeben',
    given_up: 'Durch die Zahlungen zur Bestellung nicht gedeckt',
  },
} as const;
