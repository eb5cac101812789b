import { Button, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, customerApi, newKey } from '../../shared/api/api';
import { queryClient } from '../../shared/api/queries';
import { dayOf, timeOf, weekdayOf } from '../days';
import { useLanguage, useWords } from '../language';
import { ProblemNotice } from '../Notice';
import type { Return } from '../queries';
import { at, PICKUP_HOURS, pickupDays } from './pickup-times';

const BOOKABLE: ReadonlySet<Return['status']> = new Set(['approved', 'label_issued']);

/** Booking the courier who fetches the parcel, and when they come. */
export function PickupCard({ ret }: { readonly ret: Return }): ReactElement | null {
  const say = useWords();
  const language = useLanguage();
  const last = ret.pickups.at(-1);
  if (ret.method !== 'pickup' || !BOOKABLE.has(ret.status)) return null;
  return (
    <section className="card not-printed" aria-labelledby="pickup">
      <Title order={2} size="h4" id="pickup" mb="xs">
        {say('pickup.title')}
      </Title>
      {last?.state === 'scheduled' && (
        <Text>
          {say('pickup.booked', {
            day: dayOf(last.from, language),
            from: timeOf(last.from, language),
            until: timeOf(last.until, language),
          })}
        </Text>
      )}
      {last?.state === 'completed' && <Text>{say('pickup.completed')}</Text>}
      {last?.state === 'missed' && <Text mb="sm">{say('pickup.missed')}</Text>}
      {(last === undefined || last.state === 'missed') && <Booking returnId={ret.returnId} />}
    </section>
  );
}

function Booking({ returnId }: { readonly returnId: string }): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const [days] = useState(() => pickupDays(new Date()));
  const [dayIndex, setDayIndex] = useState(0);
  const [hoursIndex, setHoursIndex] = useState(0);
  const [key] = useState(newKey);
  const booking = useMutation({
    mutationFn: (times: { readonly from: string; readonly until: string }) =>
      answerOf(
        customerApi.POST('/v1/returns/{returnId}/pickups', {
          params: { path: { returnId }, header: { 'Idempotency-Key': `${key} ${times.from}` } },
          body: times,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === returnId }),
  });
  const clock = (hour: number): string => timeOf(at(days[0] ?? new Date(0), hour), language);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const [day, hours] = [days[dayIndex], PICKUP_HOURS[hoursIndex]];
        if (day !== undefined && hours !== undefined) booking.mutate({ from: at(day, hours[0]), until: at(day, hours[1]) });
      }}
    >
      <Stack gap="md">
        <ProblemNotice error={booking.error} />
        <Text>{say('pickup.choose')}</Text>
        <div className="pair">
          <NativeSelect
            label={say('pickup.day')}
            size="md"
            value={String(dayIndex)}
            onChange={(event) => setDayIndex(Number(event.currentTarget.value))}
            data={days.map((day, index) => ({ value: String(index), label: weekdayOf(day, language) }))}
          />
          <NativeSelect
            label={say('pickup.time')}
            size="md"
            value={String(hoursIndex)}
            onChange={(event) => setHoursIndex(Number(event.currentTarget.value))}
            data={PICKUP_HOURS.map(([from, until], index) => ({
              value: String(index),
              label: say('pickup.between', { from: clock(from), until: clock(until) }),
            }))}
          />
        </div>
        <Button type="submit" size="md" loading={booking.isPending}>
          {say('pickup.book')}
        </Button>
      </Stack>
    </form>
  );
}
