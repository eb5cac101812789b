/** Lists as files, for staff. */
import { asOffline, heed, readingHeadersOf } from './api';
import { problemIn } from './problem';

/** Without it Excel takes a file for one in the system's own code page, and names for gibberish. The API's CSV has none, which programs would read as part of the first column's name. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Has the browser save a list as CSV, for a spreadsheet.
 * @param path address of the list with its filters
 * @param name of the file, without `.csv`
 * @throws ApiProblem
 */
export async function downloadCsv(path: string, name: string): Promise<void> {
  const response = await fetch(path, { headers: { ...readingHeadersOf('staff'), accept: 'text/csv' }, credentials: 'same-origin' }).catch(
    asOffline,
  );
  heed('staff', response);
  if (!response.ok) throw problemIn(await response.json().catch(() => null), response);
  const url = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, await response.blob()], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
