/** What other folders ask about photos: whether a command may name them, and which ones a return has. */
import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '../eventing/event-store.js';
import { notFound, Problem } from '../http/problem.js';
import { orderOfReturn } from '../returns/returns.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { isReturnsEvent, type ReturnsEvent } from '../returns/rules/returns.events.js';
import { PhotosStore } from './photos.store.js';

@Injectable()
export class PhotoQueries {
  constructor(
    private readonly store: PhotosStore,
    private readonly returns: ReturnsQueries,
  ) {}

  /**
   * To be asked before a command names photos: they stay for the command to be done.
   * @throws Problem unknown_photo when one of them is not there or belongs to another order (which cannot be told apart)
   */
  assertOf(orderId: string, refs: readonly string[]): void {
    if (refs.length === 0) return;
    const known = this.store.touch(orderId, refs);
    const unknown = [...new Set(refs)].filter((ref) => !known.has(ref));
    if (unknown.length > 0)
      throw new Problem('unknown_photo', 'Upload the photo to this order first, then name the reference you were given.', {
        details: { photos: unknown },
      });
  }

  /** References of the return's photos that are still there, in the order they were named. @throws Problem not_found */
  async ofReturn(returnId: string): Promise<readonly string[]> {
    const orderId = orderOfReturn(returnId);
    const events = (await this.returns.history(orderId)).filter((event) => event.data['returnId'] === returnId);
    if (events.length === 0) throw notFound();
    return [...photoRefsIn(events)].filter((ref) => this.store.isOf(orderId, ref));
  }

  /** Whether a photo that the log names is still there. */
  isThere(ref: string): Promise<boolean> {
    return this.store.isWhole(ref);
  }

  /** References of all photos that the order's log names. */
  async namedBy(orderId: string): Promise<ReadonlySet<string>> {
    return photoRefsIn(await this.returns.history(orderId));
  }
}

function photoRefsIn(events: readonly RecordedEvent[]): ReadonlySet<string> {
  return new Set(events.filter(isReturnsEvent).flatMap(photoRefsOf));
}

function photoRefsOf(event: ReturnsEvent): readonly string[] {
  switch (event.type) {
    case 'ReturnRequested':
      return event.data.lines.flatMap(({ photoRefs }) => photoRefs);
    case 'ItemMismatched':
    case 'ItemGraded':
      return event.data.photoRefs;
    default:
      return [];
  }
}
