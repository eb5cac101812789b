/** Photos of one item: chosen or taken, sent at once, shown small, removed again. */
import { ActionIcon, Button, Input, Progress, Text } from '@mantine/core';
import { IconCamera, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { newKey } from '../../shared/api';
import { useWords } from '../language';
import { problemWords } from '../problem-words';
import { MOST_PHOTOS, withoutPhoto, withPhoto, type Draft, type DraftLine } from './draft';
import { MOST_BYTES, PHOTO_TYPES, thumbnailOf, uploadPhoto, UPLOADS } from './photo-upload';

type Upload = { readonly key: string; readonly name: string; readonly percent: number };
type Props = { readonly orderId: string; readonly line: DraftLine; readonly title: string; readonly change: (change: (draft: Draft) => Draft) => void };

export function PhotoField({ orderId, line, title, change }: Props): ReactElement {
  const say = useWords();
  const { lineId, photos } = line;
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [said, setSaid] = useState('');
  const uploading = useMutation({
    mutationKey: UPLOADS,
    mutationFn: async ({ file, key }: { readonly file: File; readonly key: string }) => {
      const thumbnail = await thumbnailOf(file);
      const photoRef = await uploadPhoto(orderId, file, key, (percent) => setUploads((before) => before.map((each) => (each.key === key ? { ...each, percent } : each))));
      return { photoRef, thumbnail };
    },
    onSuccess: (photo) => {
      change((before) => withPhoto(before, lineId, photo));
      setSaid(say('details.uploaded'));
    },
    onError: (error, { file }) => setFaults((before) => [...before, `${file.name}: ${problemWords(error, say)}`]),
    onSettled: (_photo, _error, { key }) => setUploads((before) => before.filter((each) => each.key !== key)),
  });
  const take = (files: readonly File[]): void => {
    const refused = files.flatMap((file) => (!PHOTO_TYPES.some((type) => type === file.type) ? [say('details.notAPhoto', { name: file.name })] : file.size > MOST_BYTES ? [say('details.tooLarge', { name: file.name })] : []));
    const good = files.filter((file) => PHOTO_TYPES.some((type) => type === file.type) && file.size <= MOST_BYTES);
    const room = Math.max(0, MOST_PHOTOS - photos.length - uploads.length);
    setFaults([...refused, ...(good.length > room ? [say('details.tooMany', { count: MOST_PHOTOS })] : [])]);
    for (const file of good.slice(0, room)) {
      const key = newKey();
      setUploads((before) => [...before, { key, name: file.name, percent: 0 }]);
      uploading.mutate({ file, key });
    }
  };
  return (
    <Input.Wrapper labelElement="div" label={say('details.photos')} description={say('details.photosHint')}>
      <ul className="photos">
        {photos.map(({ photoRef, thumbnail }, index) => (
          <li key={photoRef}>
            {thumbnail === '' ? <span className="photo-without" /> : <img src={thumbnail} alt={say('details.photo', { number: index + 1, title })} />}
            <ActionIcon
              size={28} radius="xl" variant="filled" color="dark" aria-label={say('details.remove', { number: index + 1, title })}
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
        ref={input} type="file" hidden multiple accept={PHOTO_TYPES.join(',')} aria-label={`${say('details.addPhotos')}: ${title}`} tabIndex={-1}
        onChange={(event) => {
          take([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <Button ref={button} mt={6} variant="default" leftSection={<IconCamera size={18} aria-hidden />} aria-label={`${say('details.addPhotos')}: ${title}`} onClick={() => input.current?.click()}>{say('details.addPhotos')}</Button>
      <div role="alert">{faults.map((fault) => <Text key={fault} className="fault" size="sm" mt={6}>{fault}</Text>)}</div>
      <span className="visually-hidden" role="status">{said}</span>
    </Input.Wrapper>
  );
}
