/** Lists as files, for staff. */
import { asOffline, heed, readingHeadersOf } from './api';
import { problemIn } from './problem';

/**
 * Has the browser save a list as CSV.
 * @param path address of the list with its filters
 * @param name of the file, without `.csv`
 * @throws ApiProblem
 */
export async function downloadCsv(path: string, name: string): Promise<void> {
  const response = await fetch(path, { headers: { ...readingHeadersOf('staff'), accept: 'text/csv' }, credentials: 'same-origin' }).catch(asOffline);
  heed('staff', response);
  if (!response.ok) throw problemIn(await response.json().catch(() => null), response);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
