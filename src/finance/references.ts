/** What events refer to outside the log: contacts and texts in the vault, photos. `verify` asks whether each is still there. */
import type { ContactsStore } from '../contacts/contacts.store.js';
import type { Json, RecordedEvent } from '../eventing/event-store.js';
import type { PhotoQueries } from '../photos/photos.queries.js';

/** Whether what a reference names is there and can be read. */
export type References = {
  readonly contact: (ref: string) => Promise<boolean>;
  readonly text: (ref: string) => Promise<boolean>;
  readonly photo: (ref: string) => Promise<boolean>;
};

/** Looks references up where they lead. */
export function referencesIn(contacts: ContactsStore, photos: PhotoQueries): References {
  // What is there and cannot be read is as good as gone.
  const readable = (reading: Promise<unknown>): Promise<boolean> =>
    reading.then(
      (found) => found !== undefined,
      () => false,
    );
  return {
    contact: (ref) => readable(contacts.getContact(ref)),
    text: (ref) => readable(contacts.getText(ref)),
    photo: (ref) => photos.isThere(ref),
  };
}

type Kind = keyof References;
type Place = { readonly streamId: string; readonly revision: number };
type MissingReference = Place & { readonly words: string };

/** Members that hold a reference; `reason` and `words` do in events of older shapes, which are looked at as they are stored (docs/decisions/072). */
const TEXT_MEMBERS: ReadonlySet<string> = new Set(['noteRef', 'reasonRef', 'textRef', 'reason', 'words']);
/** Ids the contacts store gives. */
const TEXT_REF = /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

const MISSING: Readonly<Record<Kind, string>> = {
  contact: 'the contact it refers to is not in vault.sqlite: restore that file from a backup, unless the person was erased on purpose',
  text: 'a note it refers to is not in vault.sqlite: restore that file from a backup, unless it was erased on purpose',
  photo: 'a photo it refers to is not in the folder photos: restore that folder from a backup, unless the photo was erased on purpose',
};

/** Collects references event by event, each with the first place that names it. */
export class ReferenceCheck {
  readonly #places: Readonly<Record<Kind, Map<string, Place>>> = { contact: new Map(), text: new Map(), photo: new Map() };

  take({ data, streamId, revision }: RecordedEvent): void {
    this.#walk(data, { streamId, revision });
  }

  /** Asks for each reference once. @throws Error what asking failed with */
  async missing(references: References, signal?: AbortSignal): Promise<readonly MissingReference[]> {
    const missing: MissingReference[] = [];
    for (const kind of ['contact', 'text', 'photo'] as const) {
      for (const [ref, place] of this.#places[kind]) {
        signal?.throwIfAborted();
        if (!(await references[kind](ref))) missing.push({ ...place, words: MISSING[kind] });
      }
    }
    return missing;
  }

  #walk(value: Json, place: Place): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [member, inner] of Object.entries<Json>(value)) {
      if (member === 'photoRefs' && Array.isArray(inner)) for (const ref of inner) this.#note('photo', String(ref), place);
      else if (member === 'contactRef' && typeof inner === 'string') this.#note('contact', inner, place);
      else if (typeof inner === 'string' && TEXT_MEMBERS.has(member))
        for (const [ref] of inner.matchAll(TEXT_REF)) this.#note('text', ref, place);
      else this.#walk(inner, place);
    }
  }

  #note(kind: Kind, ref: string, place: Place): void {
    if (!this.#places[kind].has(ref)) this.#places[kind].set(ref, place);
  }
}
