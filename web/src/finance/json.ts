/** Lists the service also writes as CSV, asked for as JSON. */
import { answerOf } from '../shared/api';

type Answered<Data> = Parameters<typeof answerOf<Data>>[0];

const isJson = <Data,>(data: Data): data is Exclude<Data, string> => typeof data !== 'string';

/** As `answerOf`. @throws ApiProblem */
export async function jsonOf<Data>(call: Answered<Data>): Promise<Exclude<Data, string>> {
  const data = await answerOf(call);
  if (!isJson(data)) throw new Error('The service answered CSV where JSON was asked for');
  return data;
}
