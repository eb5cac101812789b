/** Lists as files: the service writes the CSV, this page saves it. */
import { headersOf, type Area } from './api';
import { ApiProblem, problemIn } from './problem';

/**
 * Asks for `path` as CSV and lets the browser save it as `name`.
 * @throws ApiProblem
 */
export async function saveCsv(area: Area, path: string, name: string): Promise<void> {
  const response = await fetch(path, { headers: { ...headersOf(area), accept: 'text/csv' }, credentials: 'same-origin' }).catch(() => {
    throw new ApiProblem('offline', 0, 'The service cannot be reached.');
  });
  if (!response.ok) throw problemIn(await response.json().catch(() => null), response);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
