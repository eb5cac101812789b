/** Signing out of the portal, which leaves nothing of the customer in this tab. */
import { useSignOut } from '../shared/staff/session';
import { forgetDrafts } from './filing/draft';
import { forgetAsked } from './signin/asked';

function forgetEntered(): void {
  forgetDrafts();
  forgetAsked();
}

export const useLeaving = (): ReturnType<typeof useSignOut> => useSignOut('customer', forgetEntered);
