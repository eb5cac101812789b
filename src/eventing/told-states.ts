/**
 * How views stand, told by the process that runs them to those that only read them. A file beside the views' database and
 * not a table in it: what is to be told is above all that the database cannot be written.
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import type { ViewStatus } from './projection.js';

export type ToldState = Pick<ViewStatus, 'name' | 'state' | 'error' | 'rebuildError'>;

/** The file keeps its size and is written in place, which a full disk allows. */
const BYTES = 32 * 1024;
const LONGEST_MESSAGE = 1000;

export class ToldStates {
  #written = '';

  constructor(private readonly path: string) {}

  /** Writes where something has changed. What cannot be written is tried again at the next call. */
  tell(views: readonly ViewStatus[]): void {
    const text = JSON.stringify(
      views.map(({ name, state, error, rebuildError }) => ({ name, state, error: cut(error), rebuildError: cut(rebuildError) })),
    );
    if (text === this.#written) return;
    try {
      // Neither emptied nor appended to.
      const file = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        writeSync(file, text.padEnd(BYTES), 0);
      } finally {
        closeSync(file);
      }
      this.#written = text;
    } catch {
      // Whoever reads sees that the views fall behind.
    }
  }

  /** By view; empty while nobody has told, or just now tells. */
  read(): ReadonlyMap<string, ToldState> {
    try {
      const told = JSON.parse(readFileSync(this.path, 'utf8')) as readonly ToldState[];
      return new Map(told.map((state) => [state.name, state]));
    } catch {
      return new Map();
    }
  }
}

const cut = (message: string | null): string | null => message?.slice(0, LONGEST_MESSAGE) ?? null;
