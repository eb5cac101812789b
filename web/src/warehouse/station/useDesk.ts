/** The station of this page, and what it shows now. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useLive } from '../../shared/api/live';
import { findExpected, readReturn } from '../queue/known-returns';
import { useScanQueue } from '../queue/useScanQueue';
import { Desk, type Panel } from './desk';
import type { StationState } from './model';
import { matchParcel, readParcel } from './parcels';

/** @param onPanel called when a scan asks for something to be shown; must stay the same function */
export function useDesk(
  station: string,
  isSoundOn: boolean,
  onPanel: (panel: Panel) => void,
): { readonly desk: Desk; readonly state: StationState } {
  const { enqueue, onOutcome, wake } = useScanQueue();
  const [desk] = useState(() => new Desk(station, { enqueue, findExpected, readReturn, readParcel, matchParcel, onPanel }));
  const state = useSyncExternalStore(desk.watch, desk.state);
  useEffect(() => {
    desk.resume();
    return () => desk.leave();
  }, [desk]);
  useEffect(() => desk.setSound(isSoundOn), [desk, isSoundOn]);
  useEffect(() => onOutcome(desk.hear), [desk, onOutcome]);
  const isLive = useLive('staff', ({ streamId }) => desk.act({ type: 'changed', streamId }));
  // The events come again, so the line is back.
  useEffect(() => {
    if (isLive) wake();
  }, [isLive, wake]);
  return { desk, state };
}
