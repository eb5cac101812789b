/** What a customer can do about a label that could not be made: which line of their address to mend. Pure. */
import type { Language } from '../../shared/language.js';

const ENGLISH = {
  address_missing: 'The carrier needs your address. Please tell it to the shop.',
  address_unknown: 'The carrier does not know your address. Please have the shop correct it.',
  address_name: 'The name in your address is missing or wrong. Please have the shop correct it.',
  address_line1: 'The street or house number in your address is missing or wrong. Please have the shop correct it.',
  address_line2: 'The second line of your address (flat, floor, building) is missing or wrong. Please have the shop correct it.',
  address_city: 'The town in your address is missing or wrong. Please have the shop correct it.',
  address_postal_code: 'The postcode in your address is missing or wrong. Please have the shop correct it.',
  address_region: 'The state or province in your address is missing or wrong. Please have the shop correct it.',
  address_country: 'The country in your address is missing, or the carrier does not fetch parcels there. Please have the shop correct it.',
  address_phone: 'The carrier needs a phone number that works. Please tell yours to the shop.',
};
type AddressFault = keyof typeof ENGLISH;

const WORDS: Readonly<Record<Language, Readonly<Record<AddressFault, string>>>> = {
  en: ENGLISH,
  de: {
    address_missing: 'Der Versanddienst braucht Ihre Adresse. Bitte nennen Sie sie dem Shop.',
    address_unknown: 'Der Versanddienst kennt Ihre Adresse nicht. Bitte lassen Sie sie vom Shop berichtigen.',
    address_name: 'Der Name in Ihrer Adresse fehlt oder stimmt nicht. Bitte lassen Sie ihn vom Shop berichtigen.',
    address_line1: 'Straße oder Hausnummer in Ihrer Adresse fehlt oder stimmt nicht. Bitte lassen Sie sie vom Shop berichtigen.',
    address_line2: 'Der Adresszusatz (Wohnung, Stockwerk, Gebäude) fehlt oder stimmt nicht. Bitte lassen Sie ihn vom Shop berichtigen.',
    address_city: 'Der Ort in Ihrer Adresse fehlt oder stimmt nicht. Bitte lassen Sie ihn vom Shop berichtigen.',
    address_postal_code: 'Die Postleitzahl in Ihrer Adresse fehlt oder stimmt nicht. Bitte lassen Sie sie vom Shop berichtigen.',
    address_region:
      'Das Bundesland oder die Region in Ihrer Adresse fehlt oder stimmt nicht. Bitte lassen Sie die Angabe vom Shop berichtigen.',
    address_country:
      'Das Land in Ihrer Adresse fehlt, oder der Versanddienst holt dort keine Pakete ab. Bitte lassen Sie es vom Shop berichtigen.',
    address_phone: 'Der Versanddienst braucht eine gültige Telefonnummer. Bitte nennen Sie dem Shop Ihre Nummer.',
  },
};
const isAddressFault = (code: string): code is AddressFault => Object.hasOwn(ENGLISH, code);

/** Null where the customer can do nothing about it, and where nothing is wrong. @param problem code of the label's failure */
export const labelProblemWords = (problem: string | null, language: Language): string | null =>
  problem !== null && isAddressFault(problem) ? WORDS[language][problem] : null;
