/** What a batch means for builds of views, and how it is stored. */
import type { Build } from './build.js';
import type { RecordedEvent } from './event-store.js';
import type { Change } from './projection.js';
import type { Database } from './sql/database.js';
import { perform, type Write } from './sql/write.js';
import { storeFaultOf } from './store-faults.js';
import { moveCheckpoints, tableNames, type Checkpoint } from './view-generations.js';

/** Names the event a view stopped at. */
export class ProjectionFailedError extends Error {
  override readonly name = 'ProjectionFailedError';
  constructor(view: string, event: RecordedEvent, cause: unknown) {
    super(
      `View ${view} stopped at event ${event.type}, position ${event.position} (${event.streamId}, revision ${event.revision}): ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** What a batch means for one build. */
export type Step<State> = { readonly build: Build<State>; readonly writes: readonly Write[]; readonly to: Checkpoint };

/** A build whose statements the database does not take. */
export type RefusedBuild<State> = { readonly build: Build<State>; readonly cause: unknown };

/** How many of the events can change a row of the build. */
export const appliedTo = <State>({ projection }: Build<State>, events: readonly RecordedEvent[]): number =>
  events.reduce((count, { type }) => count + (projection.handles.has(type) ? 1 : 0), 0);

/** What the changes mean for a build. @throws whatever its projection throws */
export function stepOf<State>(build: Build<State>, changes: readonly Change<State>[], to: Checkpoint): Step<State> {
  const { projection } = build;
  const own = changes.filter(({ events }) => events.some(({ type }) => projection.handles.has(type)));
  return { build, writes: own.length === 0 ? [] : projection.apply(own), to };
}

/** Undefined where the projection cannot take them. */
export function planned<State>(build: Build<State>, changes: readonly Change<State>[], to: Checkpoint): Step<State> | undefined {
  try {
    return stepOf(build, changes, to);
  } catch {
    return undefined;
  }
}

/** Which of the streams a projection cannot take. */
export function faultIn<State>(build: Build<State>, changes: readonly Change<State>[]): Error {
  for (const change of changes) {
    try {
      stepOf(build, [change], build.checkpoint);
    } catch (error) {
      const last = change.events.at(-1);
      if (last !== undefined) return new ProjectionFailedError(build.projection.name, last, error);
    }
  }
  return new Error(`View ${build.projection.name} cannot be built from streams that it can take one by one`);
}

/**
 * Rows and checkpoints together, or nothing.
 * @returns whose statements the database does not take, undefined when all is stored
 * @throws CheckpointMovedError @throws StoreUnavailableError, UnknownOutcomeError storage stands in the way
 */
export async function commitSteps<State>(database: Database, steps: readonly Step<State>[]): Promise<RefusedBuild<State> | undefined> {
  let refused: RefusedBuild<State> | undefined;
  try {
    await database.write.transaction().execute(async (db) => {
      await moveCheckpoints(
        db,
        steps.map(({ build, to }) => ({ of: build.generation, from: build.stored, to })),
      );
      for (const { build, writes } of steps) {
        await perform(db, tableNames(build.projection.name, build.generation.generation), writes).catch((cause: unknown) => {
          if (storeFaultOf(cause) === undefined) refused = { build, cause };
          throw cause;
        });
      }
    });
  } catch (error) {
    if (refused !== undefined) return refused;
    throw error;
  }
  for (const { build, to } of steps) {
    build.moveTo(to, false);
    build.stored = to.position;
  }
  return undefined;
}
