import './lists.css';
import { Badge, Group, Loader, NativeSelect, Text, TextInput, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { readAgain } from '../../shared/api/queries';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { useFilters } from '../../shared/page/useFilters';
import { duration } from '../../shared/words/times';
import { ActButton } from './ActButton';
import { DoneNote } from './DoneNote';
import { ListScanner } from './ListScanner';
import { Pager } from './Pager';

type Found = Schemas['FoundParcelListItemAnswer'];
const STATES: Readonly<Record<Found['state'], string>> = {
  unmatched: 'Not matched',
  matched: 'Matched',
  handed_over: 'Handed over',
  refused: 'Refused by its return',
};
const isState = (text: string): text is Found['state'] => text in STATES;
const REFRESH_MS = 15_000;
const PAGE = 50;

/** Parcels nobody announced, the one found longest ago first. */
export default function FoundPage(): ReactElement {
  const [{ state = '', station = '', cursor = '' }, change] = useFilters(['state', 'station', 'cursor']);
  const [done, setDone] = useState('');
  const query = {
    limit: PAGE,
    ...(isState(state) ? { state: [state] } : {}),
    ...(station === '' ? {} : { station }),
    ...(cursor === '' ? {} : { cursor }),
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['found-parcels', query],
    queryFn: ({ signal }) => answerOf(staffApi.GET('/v1/warehouse/parcels', { params: { query }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Title order={1} size="h2">
        Parcels nobody announced
      </Title>
      <ListScanner />
      <DoneNote text={done} />
      <Group align="end" my="md">
        <NativeSelect
          label="State"
          value={state}
          onChange={(event) => change({ state: event.currentTarget.value }, { replace: true })}
          data={[{ value: '', label: 'Somebody must look at them' }, ...Object.entries(STATES).map(([value, label]) => ({ value, label }))]}
        />
        <TextInput
          label="Station"
          value={station}
          onChange={(event) => change({ station: event.currentTarget.value }, { replace: true })}
        />
      </Group>
      <ProblemAlert error={error} onRetry={() => void refetch()} title="The parcels cannot be read" />
      {data === undefined && error === null && <Loader aria-label="Loading" role="status" />}
      {data !== undefined && data.items.length === 0 && <Text role="status">There are none.</Text>}
      <ul className="list">
        {data?.items.map((parcel) => (
          <FoundItem key={parcel.parcelId} parcel={parcel} onDone={setDone} />
        ))}
      </ul>
      <Pager cursor={cursor} nextCursor={data?.nextCursor ?? null} onCursor={(next) => change({ cursor: next })} />
    </>
  );
}

type ItemProps = { readonly parcel: Found; /** Told what was done to it. */ readonly onDone: (words: string) => void };

function FoundItem({ parcel, onDone }: ItemProps): ReactElement {
  const { parcelId, trackingNumber, state, ageSeconds, station, words, scans, returnId } = parcel;
  // Later its pieces are with the return, or about to be.
  const mayBeTakenBack = returnId !== null && scans.every(({ handover }) => handover === 'refused');
  const items = scans.flatMap((scan) => scan.items);
  return (
    <li>
      <div className="list-head">
        <Link href={`/warehouse?scan=${encodeURIComponent(parcelId)}`}>{trackingNumber ?? 'Without a code'}</Link>
        <Badge color={state === 'refused' ? 'red.9' : 'dark'} variant="outline">
          {STATES[state]}
        </Badge>
        <Text size="sm" component="span">{`found ${duration(ageSeconds)} ago at ${station}`}</Text>
      </div>
      <Text>
        {items.length === 0
          ? 'Nothing scanned inside yet'
          : items.map(({ quantity, barcode, note }) => `${quantity} × ${barcode ?? note ?? 'an item'}`).join(', ')}
      </Text>
      <Text size="sm">{words}</Text>
      {mayBeTakenBack && (
        <WrongMatch parcelId={parcelId} name={trackingNumber ?? 'the parcel without a code'} returnId={returnId} onDone={onDone} />
      )}
    </li>
  );
}

type MatchProps = { readonly parcelId: string; readonly name: string; readonly returnId: string; readonly onDone: (words: string) => void };

/** Takes the match back while nothing came of it. */
function WrongMatch({ parcelId, name, returnId, onDone }: MatchProps): ReactElement {
  const takeBack = async ({ station, key }: { readonly station: string; readonly key: string }): Promise<void> => {
    await answerOf(
      staffApi.POST('/v1/warehouse/parcels/{parcelId}/unmatch', {
        params: { path: { parcelId }, header: { 'Idempotency-Key': key } },
        body: { station },
      }),
    );
    await readAgain({ queryKey: ['found-parcels'] });
  };
  return (
    <div className="list-act">
      <ActButton
        word="Wrong match"
        of={`${name} with ${returnId}`}
        title={`Does ${name} not belong to ${returnId}?`}
        text="The match is taken back. The return has received nothing of this parcel, which then waits to be matched anew."
        confirm="Take back the match"
        start={null}
        act={takeBack}
        onDone={() => onDone(`${name} is no longer matched with ${returnId}.`)}
      />
    </div>
  );
}
