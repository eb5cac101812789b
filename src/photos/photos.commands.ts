/** Takes photos in, and removes those that nobody named within a day (docs/decisions/081). */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { notFound, Problem } from '../http/problem.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { cleanPhoto } from './photo-image.js';
import { PhotoQueries } from './photos.queries.js';
import { MOST_PHOTOS, PhotosStore, type PhotoRow, type Upload } from './photos.store.js';

/** `replayed`: it had been uploaded under the same idempotency key before. */
type TakenPhoto = { readonly photoRef: string; readonly replayed: boolean };

const UNNAMED_MS = 24 * 3_600_000;
const TIDY_EVERY_MS = 3_600_000;

@Injectable()
export class PhotoCommands {
  readonly #log = new Logger('Photos');
  #tidiedAt = 0;
  #tidying: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: PhotosStore,
    private readonly queries: PhotoQueries,
    private readonly returns: ReturnsQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Keeps an uploaded photo for the order, cleaned.
   * @throws Problem not_found, too_many_photos, unsupported_media_type, photo_unreadable, idempotency_conflict, and what `bytes` throws
   */
  async take(orderId: string, bytes: AsyncIterable<Uint8Array>, commandId: string): Promise<TakenPhoto> {
    if ((await this.returns.ofOrder(orderId)).state.order === null) throw notFound();
    if (this.store.uploadedBy(commandId) === undefined && !this.store.hasRoom(orderId)) throw tooMany();
    const taken = await this.store.spooled(
      bytes,
      async (file, hash) => this.#known(commandId, hash) ?? this.#keep(file, { orderId, commandId, hash }),
    );
    this.#tidySometimes();
    return taken;
  }

  /** Removes what nobody named: now, with uploads, and every hour while there are none. */
  start(): void {
    this.#tidySometimes();
    this.#timer = setInterval(() => this.#tidySometimes(), TIDY_EVERY_MS).unref();
  }

  /** Begins nothing more; returns once what was begun is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tidying;
  }

  async #keep(file: string, upload: Upload): Promise<TakenPhoto> {
    const photoRef = await this.store.keep(upload, await cleanPhoto(file));
    if (photoRef !== undefined) return { photoRef, replayed: false };
    // The same request may have come twice at the same time.
    const first = this.#known(upload.commandId, upload.hash);
    if (first === undefined) throw tooMany();
    return first;
  }

  #known(commandId: string, hash: string): TakenPhoto | undefined {
    const first = this.store.uploadedBy(commandId);
    if (first === undefined) return undefined;
    if (first.hash !== hash) throw new Problem('idempotency_conflict', 'The idempotency key was used with another photo.');
    return { photoRef: first.ref, replayed: true };
  }

  /** At most once an hour. */
  #tidySometimes(): void {
    const now = this.clock().getTime();
    if (now - this.#tidiedAt < TIDY_EVERY_MS) return;
    this.#tidiedAt = now;
    this.#tidying = this.#tidy(new Date(now - UNNAMED_MS).toISOString()).catch((error: unknown) => {
      this.#log.warn(`Photos that nobody named stay until the next time: ${error instanceof Error ? error.name : 'unknown error'}`);
    });
  }

  /** Whether a photo is named is asked of the log itself; a command that is about to name one has touched it. */
  async #tidy(before: string): Promise<void> {
    const unnamed = byOrder(this.store.unnamed(before));
    for (const [orderId, photos] of unnamed) {
      const named = await this.queries.namedBy(orderId);
      for (const { ref } of photos) {
        if (named.has(ref)) this.store.setNamed(ref);
        else await this.store.remove(ref, before);
      }
    }
  }
}

function byOrder(photos: readonly PhotoRow[]): ReadonlyMap<string, readonly PhotoRow[]> {
  const groups = new Map<string, PhotoRow[]>();
  for (const photo of photos) groups.set(photo.orderId, [...(groups.get(photo.orderId) ?? []), photo]);
  return groups;
}

const tooMany = (): Problem => new Problem('too_many_photos', `An order may have ${MOST_PHOTOS} photos.`);
