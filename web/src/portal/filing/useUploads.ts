import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { newKey } from '../../shared/api/api';
import { useWords } from '../language';
import { problemWords } from '../problem-words';
import type { DraftPhoto } from './draft';
import { MOST_BYTES, PHOTO_TYPES, thumbnailOf, uploadPhoto, UPLOADS } from './photo-upload';

type Upload = { readonly key: string; readonly name: string; readonly percent: number };
type Uploads = {
  readonly uploads: readonly Upload[];
  /** What was not taken, or did not arrive, in the customer's language. */
  readonly faults: readonly string[];
  /** Sends files at once; those that are no photos, are too large, or too many for the item are refused here. */
  readonly send: (files: readonly File[]) => void;
};

const isPhoto = ({ type }: File): boolean => PHOTO_TYPES.some((each) => each === type);

/**
 * Photos of one item on their way to the service.
 * @param most how many it may have, @param kept how many it has
 */
export function useUploads(orderId: string, most: number, kept: number, onPhoto: (photo: DraftPhoto) => void): Uploads {
  const say = useWords();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const { mutate: upload } = useMutation({
    mutationKey: UPLOADS,
    mutationFn: async ({ file, key }: { readonly file: File; readonly key: string }) => {
      const thumbnail = await thumbnailOf(file);
      const photoRef = await uploadPhoto(orderId, file, key, (percent) =>
        setUploads((before) => before.map((each) => (each.key === key ? { ...each, percent } : each))),
      );
      return { photoRef, thumbnail };
    },
    onSuccess: onPhoto,
    onError: (error, { file }) => setFaults((before) => [...before, `${file.name}: ${problemWords(error, say)}`]),
    onSettled: (_photo, _error, { key }) => setUploads((before) => before.filter((each) => each.key !== key)),
  });
  const send = (files: readonly File[]): void => {
    const refused = files.flatMap((file) =>
      !isPhoto(file)
        ? [say('details.notAPhoto', { name: file.name })]
        : file.size > MOST_BYTES
          ? [say('details.tooLarge', { name: file.name })]
          : [],
    );
    const good = files.filter((file) => isPhoto(file) && file.size <= MOST_BYTES);
    const room = Math.max(0, most - kept - uploads.length);
    setFaults([...refused, ...(good.length > room ? [say('details.tooMany', { count: most })] : [])]);
    for (const file of good.slice(0, room)) {
      const key = newKey();
      setUploads((before) => [...before, { key, name: file.name, percent: 0 }]);
      upload({ file, key });
    }
  };
  return { uploads, faults, send };
}
