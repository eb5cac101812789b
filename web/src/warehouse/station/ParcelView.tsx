import { Badge, Group, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { count, plain } from '../../shared/words/words';
import { DISPOSITIONS, isKnownByName, STEPS, type Line } from './codes';
import type { OpenFound, OpenReturn, Proposal, StationState } from './model';
import { linesOf, pieces } from './turns';

/** The open return: what was announced, and how much of it is here. */
export function ReturnView({ state, open }: { readonly state: StationState; readonly open: OpenReturn }): ReactElement {
  const lines = linesOf(state, open);
  const awaiting = lines.reduce((sum, line) => sum + line.awaiting, 0);
  return (
    <section className="station-card" aria-labelledby="open-return">
      <Group justify="space-between" gap="xs">
        <Title order={2} id="open-return" size="h3">
          {open.ret.returnId}
        </Title>
        <Group gap={6}>
          <Badge size="lg" color="dark">{`Scanning: ${STEPS[open.step]}`}</Badge>
          {open.isWholeLine && (
            <Badge size="lg" color="dark" variant="outline">
              Whole line
            </Badge>
          )}
          {open.photos.length > 0 && (
            <Badge size="lg" color="dark" variant="outline">
              {count(open.photos.length, 'photo')}
            </Badge>
          )}
        </Group>
      </Group>
      <Text size="sm" mb="xs">
        {awaiting === 0 ? 'Everything announced is accounted for.' : `${pieces(awaiting)} awaited.`}{' '}
        {open.ret.inspectionRequired ? 'Grading is required before the refund.' : 'Grading may be skipped.'}
      </Text>
      <ul className="station-lines">
        {lines.map((line) => (
          <LineView
            key={line.lineId}
            line={line}
            isFocused={line.lineId === (open.proposal?.lineId ?? open.focus)}
            proposal={open.proposal?.lineId === line.lineId ? open.proposal : null}
          />
        ))}
      </ul>
    </section>
  );
}

function LineView({
  line,
  isFocused,
  proposal,
}: {
  readonly line: Line;
  readonly isFocused: boolean;
  readonly proposal: Proposal | null;
}): ReactElement {
  const { title, sku, barcode, authorised, received, awaitingInspection, toPutAway, missing, reason, condition } = line;
  return (
    <li
      className="station-line"
      data-focused={isFocused}
      data-complete={received >= authorised}
      aria-current={isFocused ? 'true' : undefined}
    >
      <p className="station-count" aria-label={`${received} of ${authorised} received`}>
        <strong>{received}</strong>
        <span aria-hidden>/{authorised}</span>
      </p>
      <div>
        <Text fw={700} size="lg">
          {title}
        </Text>
        <Text size="sm">
          {isKnownByName(line)
            ? 'Without a code: type its name and press Enter'
            : [sku, barcode].filter((code) => code !== null).join(' · ')}
        </Text>
        <Text size="sm">{`Announced as ${plain(condition)}, ${plain(reason)}`}</Text>
        <Group gap={6} mt={4}>
          {awaitingInspection > 0 && <Badge color="dark" variant="outline">{`${awaitingInspection} to grade`}</Badge>}
          {toPutAway > 0 && <Badge color="dark" variant="outline">{`${toPutAway} to put away`}</Badge>}
          {missing > 0 && <Badge color="red.9" variant="outline">{`${missing} missing`}</Badge>}
          {proposal !== null && <Badge color="dark">{proposalWords(proposal)}</Badge>}
        </Group>
      </div>
    </li>
  );
}

const proposalWords = ({ quantity, grade, disposition, location }: Proposal): string =>
  [
    String(quantity),
    grade === null ? null : `grade ${grade}`,
    disposition === null ? null : DISPOSITIONS[disposition].toLowerCase(),
    location,
  ]
    .filter((part) => part !== null)
    .join(' · ');

/** A parcel nobody announced: what was found in it. */
export function FoundView({ open }: { readonly open: OpenFound }): ReactElement {
  return (
    <section className="station-card" aria-labelledby="open-parcel">
      <Title order={2} id="open-parcel" size="h3">
        Nobody announced this parcel
      </Title>
      <Text size="sm">
        {open.trackingNumber ?? 'Without a code'} · {open.words}
      </Text>
      <Title order={3} size="h5" mt="md">
        Inside
      </Title>
      {open.items.length === 0 ? (
        <Text>Nothing scanned yet.</Text>
      ) : (
        <ul className="station-scans">
          {open.items.map(({ scanId, code, state }, index) => (
            <li key={`${scanId} ${index}`}>
              <span>{code}</span>
              <Text size="sm">{state === 'waiting' ? 'being sent' : state}</Text>
            </li>
          ))}
        </ul>
      )}
      <Text size="sm" mt="md">
        {open.likely.length > 0
          ? 'Returns it may belong to are offered as choices above.'
          : 'Scan the return id or label if there is one inside, or leave it for later with F4.'}
      </Text>
    </section>
  );
}
