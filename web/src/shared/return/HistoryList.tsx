import { Box, Text, Timeline } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/api';
import { dateTime } from '../words/times';
import { plain, sentence } from '../words/words';

type Item = Schemas['HistoryItemAnswer'];
type Props = {
  readonly items: readonly Item[];
  /** Events after this revision are shown as not yet known. */
  readonly knownRevision?: number;
};

const CHANNELS: Readonly<Record<string, string>> = {
  api: 'by the API or the web pages',
  portal: 'in the customer portal',
  import: 'by an import',
  webhook: 'by a webhook',
  process: 'by a background process',
  cli: 'on the command line',
};

/** What happened to a return, in words, oldest first: when, who, and more on demand. */
export function HistoryList({ items, knownRevision }: Props): ReactElement {
  const known = knownRevision === undefined ? items.length : items.filter((item) => item.revision <= knownRevision).length;
  return (
    <Timeline active={known - 1} bulletSize={14} lineWidth={2}>
      {items.map((item, index) => (
        <Timeline.Item
          key={item.revision}
          title={
            <Text fw={index < known ? 600 : 400} fs={index < known ? undefined : 'italic'}>
              {item.words}
            </Text>
          }
        >
          <Text
            size="sm"
            c="dimmed"
          >{`${dateTime(item.at)} · ${sentence(item.who.kind)}${index < known ? '' : ' · later than the moment shown'}`}</Text>
          <Details item={item} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Details({ item }: { readonly item: Item }): ReactElement {
  const { who } = item;
  const facts: [string, string][] = [
    ['Event', item.type],
    ['Revision', String(item.revision)],
    ['Happened', dateTime(item.at)],
    ['Recorded', dateTime(item.recordedAt)],
    [
      'By',
      `${plain(who.kind)}${who.id === undefined ? '' : ` ${who.id}`}${who.channel === undefined ? '' : `, ${CHANNELS[who.channel] ?? who.channel}`}`,
    ],
  ];
  return (
    <Box component="details" mt={2} mb="xs">
      <Box component="summary" style={{ cursor: 'pointer', minHeight: 24, fontSize: 'var(--mantine-font-size-sm)' }}>
        Details<span className="visually-hidden">{` of revision ${item.revision}`}</span>
      </Box>
      <Box component="dl" className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </Box>
    </Box>
  );
}
