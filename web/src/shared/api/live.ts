/** Events as the service writes them (server-sent events), resumed where a lost connection broke. */
import { createEventSource } from 'eventsource-client';
import { useEffect, useRef, useState } from 'react';
import { tellSessionEnd } from '../staff/session-end';
import { headersOf, heed, knowOf, type Area } from './api';
import { problemIn } from './problem';

export type LiveEvent = {
  readonly position: string;
  readonly type: string;
  readonly streamId: string;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/**
 * Calls `onEvent` for every new event this session may see, while the component is shown. What is read after that knows of it.
 * @param onConnected called each time the line is up: what happened between the last reading and that is never told, so read again
 * @returns whether the connection stands
 */
export function useLive(area: Area, onEvent: (event: LiveEvent) => void, onConnected: () => void = () => undefined): boolean {
  const [isConnected, setConnected] = useState(false);
  const handlers = useRef({ onEvent, onConnected });
  useEffect(() => {
    handlers.current = { onEvent, onConnected };
  });
  useEffect(() => {
    const source = createEventSource({
      url: '/v1/events',
      credentials: 'same-origin',
      fetch: (url, init) => openStream(area, url, init),
      onConnect: () => {
        setConnected(true);
        handlers.current.onConnected();
      },
      onDisconnect: () => setConnected(false),
      // All that is said of a line that broke in the middle.
      onScheduleReconnect: () => setConnected(false),
      onMessage: ({ id, data }) => {
        const body = JSON.parse(data) as Omit<LiveEvent, 'position'>;
        if (id !== undefined) knowOf(area, id);
        handlers.current.onEvent({ ...body, position: id ?? '' });
      },
    });
    return () => {
      source.close();
      setConnected(false);
    };
  }, [area]);
  return isConnected;
}

/**
 * Asks for the stream with what is known at this attempt: since the last one another tab may have signed in anew.
 * @throws ApiProblem refused; the library would take any answer for a stream
 */
async function openStream(area: Area, url: string | URL, init: RequestInit | undefined): Promise<Response> {
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(headersOf(area))) headers.set(name, value);
  const response = await fetch(url, { ...init, headers });
  heed(area, response);
  if (response.ok) return response;
  const problem = problemIn(await response.json().catch(() => null), response);
  if (problem.code === 'unauthenticated') tellSessionEnd();
  // The library tries again when it has heard of the refusal, so it hears of it when there is a point in trying.
  await pause(problem.retryAfterSeconds ?? 0, init?.signal);
  throw problem;
}

const pause = (seconds: number, until: AbortSignal | null | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    until?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
