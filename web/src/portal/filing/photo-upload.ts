/** Photos on their way to the service, with how far they are: `fetch` does not tell, XMLHttpRequest does. */
import { headersOf } from '../../shared/api/api';
import { ApiProblem, problemIn } from '../../shared/api/problem';

/** Names the uploads among what is under way. */
export const UPLOADS = ['photo'];
export const MOST_BYTES = 10 * 1024 * 1024;
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
const THUMBNAIL_PX = 160;

/**
 * @param key the same for the same photo, so that sending it again does not keep it twice
 * @param onPercent 0 to 100, while it is sent
 * @returns its reference
 * @throws ApiProblem
 */
export function uploadPhoto(orderId: string, file: File, key: string, onPercent: (percent: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/v1/orders/${encodeURIComponent(orderId)}/photos`);
    for (const [name, value] of Object.entries({ ...headersOf('customer'), 'idempotency-key': key })) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onPercent(Math.round((loaded / total) * 100));
    request.onerror = () => reject(new ApiProblem('offline', 0, 'The service cannot be reached.'));
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status === 201 && isPhoto(body)) resolve(body.photoRef);
      else
        reject(
          problemIn(
            body,
            new Response(null, { status: request.status, headers: { 'retry-after': request.getResponseHeader('retry-after') ?? '' } }),
          ),
        );
    };
    const form = new FormData();
    form.append('photo', file);
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isPhoto = (body: unknown): body is { readonly photoRef: string } =>
  typeof body === 'object' && body !== null && 'photoRef' in body && typeof body.photoRef === 'string';

/** A small picture as a data URL; empty where the browser cannot read the file, which the service then decides about. */
export async function thumbnailOf(file: File): Promise<string> {
  const image = await createImageBitmap(file).catch(() => null);
  if (image === null) return '';
  const scale = Math.min(1, THUMBNAIL_PX / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.toDataURL('image/jpeg', 0.8);
}
