/** Photos of one item: chosen or taken, sent at once, shown small, removed again. */
import { ActionIcon, Button, Input, Progress, Text } from '@mantine/core';
import { IconCamera, IconX } from '@tabler/icons-react';
import { useRef, useState, type ReactElement } from 'react';
import { useWords } from '../language';
import { MOST_PHOTOS, withoutPhoto, withPhoto, type Draft, type DraftLine } from './draft';
import { PHOTO_TYPES } from './photo-upload';
import { useUploads } from './useUploads';

type Props = {
  readonly orderId: string;
  readonly line: DraftLine;
  readonly title: string;
  readonly change: (change: (draft: Draft) => Draft) => void;
};

export function PhotoField({ orderId, line, title, change }: Props): ReactElement {
  const say = useWords();
  const { lineId, photos } = line;
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [said, setSaid] = useState('');
  const { uploads, faults, send } = useUploads(orderId, MOST_PHOTOS, photos.length, (photo) => {
    change((before) => withPhoto(before, lineId, photo));
    setSaid(say('details.uploaded'));
  });
  return (
    <Input.Wrapper labelElement="div" label={say('details.photos')} description={say('details.photosHint')}>
      <ul className="photos">
        {photos.map(({ photoRef, thumbnail }, index) => (
          <li key={photoRef}>
            {thumbnail === '' ? (
              <span className="photo-without" />
            ) : (
              <img src={thumbnail} alt={say('details.photo', { number: index + 1, title })} />
            )}
            <ActionIcon
              size={28}
              radius="xl"
              variant="filled"
              color="dark"
              aria-label={say('details.remove', { number: index + 1, title })}
              onClick={() => {
                change((before) => withoutPhoto(before, lineId, photoRef));
                setSaid(say('details.removed'));
                button.current?.focus();
              }}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {uploads.map(({ key, name, percent }) => (
        <div key={key} className="upload">
          <Text size="sm">{say('details.uploading', { name, percent })}</Text>
          <Progress value={percent} aria-label={name} />
        </div>
      ))}
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={PHOTO_TYPES.join(',')}
        aria-label={`${say('details.addPhotos')}: ${title}`}
        tabIndex={-1}
        onChange={(event) => {
          send([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <Button
        ref={button}
        mt={6}
        variant="default"
        leftSection={<IconCamera size={18} aria-hidden />}
        aria-label={`${say('details.addPhotos')}: ${title}`}
        onClick={() => input.current?.click()}
      >
        {say('details.addPhotos')}
      </Button>
      <div role="alert">
        {faults.map((fault) => (
          <Text key={fault} className="fault" size="sm" mt={6}>
            {fault}
          </Text>
        ))}
      </div>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </Input.Wrapper>
  );
}
