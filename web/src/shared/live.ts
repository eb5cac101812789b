/** Events as the service writes them (server-sent events), resumed where a lost connection broke. */
import { createEventSource } from 'eventsource-client';
import { useEffect, useRef, useState } from 'react';
import { headersOf, knowOf, type Area } from './api';

export type LiveEvent = { readonly position: string; readonly type: string; readonly streamId: string; readonly occurredAt: string; readonly data: Readonly<Record<string, unknown>> };

/**
 * Calls `onEvent` for every new event this session may see, while the component is shown. What is read after that knows of it.
 * @param enabled false while nobody is signed in
 * @returns whether the connection stands
 */
export function useLive(area: Area, onEvent: (event: LiveEvent) => void, enabled = true): boolean {
  const [isConnected, setConnected] = useState(false);
  const handler = useRef(onEvent);
  useEffect(() => {
    handler.current = onEvent;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const source = createEventSource({
      url: '/v1/events',
      headers: headersOf(area),
      credentials: 'same-origin',
      onConnect: () => setConnected(true),
      onDisconnect: () => setConnected(false),
      onMessage: ({ id, data }) => {
        const body = JSON.parse(data) as Omit<LiveEvent, 'position'>;
        if (id !== undefined) knowOf(area, id);
        handler.current({ ...body, position: id ?? '' });
      },
    });
    return () => {
      source.close();
      setConnected(false);
    };
  }, [area, enabled]);
  return isConnected;
}
