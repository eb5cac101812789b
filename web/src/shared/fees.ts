/** What the fees of a refund are called, to customers and to staff alike. */
export const FEES = {
  en: { restocking: 'Restocking fee', return_shipping: 'Way back of the parcel', promotion_lost: 'Promotion that no longer applies' },
  de: { restocking: 'Bearbeitungsgebühr', return_shipping: 'Rücksendekosten', promotion_lost: 'Entfallener Rabatt' },
} as const;
