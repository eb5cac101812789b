/** That a code was asked for outlives the page: on a phone, looking into the mailbox may end it. The address is not kept. */

import { inTab } from '../kept';

export type Asked = {
  readonly orderNumber: string;
  readonly digits: number;
  /** Null once the page was loaded again: then it is not known how much is left. */
  readonly minutes: number | null;
  /** Page with the mails, where none are sent. */
  readonly outbox: string | null;
};

const STORED = 'backhaul.sign-in';

/** What was asked for in this tab before the page was loaded; null without. */
export function askedBefore(): Asked | null {
  const stored = inTab.get(STORED);
  if (stored === null) return null;
  const asked = JSON.parse(stored) as Asked;
  return { ...asked, minutes: null };
}

export const keepAsked = (asked: Asked): void => inTab.set(STORED, JSON.stringify(asked));
export const forgetAsked = (): void => inTab.remove(STORED);
