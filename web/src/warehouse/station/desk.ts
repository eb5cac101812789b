/** Runs the station: keeps its state over a reload, sends its commands, does its errands, gives its signals. */
import { newKey, type Schemas } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import type { CountedCommand, Outcome } from '../queue/commands';
import { NothingKept } from '../queue/nothing-kept';
import { replyIn, verdictOn } from '../queue/rules';
import { begin, type Errand, type ExpectedReturn, type FoundParcel, type Input, type Scan, type StationState } from './model';
import type { Match } from './parcels';
import { give } from './signals';
import { next } from './station';
import { withNothingWaiting } from './turns';

/** Later than that, the screen says that it is looking; sooner, it says what was found. */
const BLINK_MS = 60;
/** Several changes in a row are asked for once. */
const GATHER_MS = 120;
/** A grade that nobody goes on from is sent after that. */
const IDLE_MS = 20_000;
/** Of this tab: two tabs are two desks. Another number whenever the state is another. */
const KEPT_AS = 'backhaul-station-2';

/** What the page shows on request. */
export type Panel = 'photo' | 'help';

/** What the desk has done by others. */
type DeskParts = {
  /** @throws when this device cannot keep it */
  readonly enqueue: (counted: CountedCommand) => Promise<unknown>;
  /** What is known under a code. @throws ApiProblem */
  readonly findExpected: (code: string) => Promise<Schemas['ExpectedAnswer']>;
  /** The return as the service has it; undefined while something of it waits in this browser. @throws ApiProblem */
  readonly readReturn: (returnId: string) => Promise<ExpectedReturn | undefined>;
  /** @throws ApiProblem */
  readonly readParcel: (parcelId: string) => Promise<FoundParcel>;
  /** @throws ApiProblem */
  readonly matchParcel: (match: Match) => Promise<void>;
  readonly onPanel: (panel: Panel) => void;
};

/** What this tab's desk left, for a new one: a tab that was duplicated has the same, and must not make the same ids. */
function kept(station: string): StationState {
  const anew = begin(station, newKey());
  try {
    const text = sessionStorage.getItem(KEPT_AS);
    if (text === null) return anew;
    const { deskId, made } = anew;
    return { ...withNothingWaiting(JSON.parse(text) as StationState), station, deskId, made };
  } catch {
    return anew;
  }
}

/** Without it a reload only forgets which parcel was open; scans are kept elsewhere. */
function keep(state: StationState): void {
  try {
    sessionStorage.setItem(KEPT_AS, JSON.stringify(state));
  } catch {
    return;
  }
}

export class Desk {
  #state: StationState;
  #isSoundOn = true;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #refresh: ReturnType<typeof setTimeout> | undefined;
  readonly #watchers = new Set<() => void>();
  /** Questions after the open return, and the latest of them whose answer was taken. */
  #asked = 0;
  #answered = 0;
  /** A match that was chosen and that the service has not answered. */
  #unanswered: Match | undefined;
  #isLeft = false;

  constructor(
    station: string,
    private readonly parts: DeskParts,
  ) {
    this.#state = kept(station);
  }

  readonly state = (): StationState => this.#state;
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Takes up what a reload, or leaving, has interrupted. */
  resume(): void {
    this.#isLeft = false;
    const { lookingUp, open } = this.#state;
    this.#awaitIdleness();
    if (lookingUp !== null) this.#run({ do: 'look_up', scan: lookingUp });
    if (open?.kind === 'return') this.#run({ do: 'refresh', returnId: open.ret.returnId });
    if (open?.kind === 'found') this.#run({ do: 'look_at_parcel', parcelId: open.parcelId });
  }

  /** Another page is shown, or another desk here: that is going on, too. The next desk begins with what this one leaves. */
  leave(): void {
    this.act({ type: 'idle' });
    this.#isLeft = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#refresh);
  }

  setSound(isOn: boolean): void {
    this.#isSoundOn = isOn;
  }

  readonly scan = (code: string): void => this.act({ type: 'scan', scan: { code, id: newKey(), at: new Date().toISOString() } });
  readonly undo = (scanId: string): void => this.act({ type: 'undo', scanId, id: newKey() });
  readonly hear = (outcome: Outcome): void => this.act({ type: 'outcome', outcome });

  act(input: Input): void {
    if (this.#isLeft) return;
    const before = this.#state;
    const { state, commands, errands } = next(before, input);
    if (state !== before) this.#show(state, before);
    for (const command of commands) void this.#send(command);
    for (const errand of errands) this.#run(errand);
  }

  #show(state: StationState, before: StationState): void {
    this.#state = state;
    keep(state);
    for (const watcher of this.#watchers) watcher();
    const { feedback } = state;
    if (feedback === null || feedback.id === before.feedback?.id) return;
    give(feedback.tone, this.#isSoundOn);
    // What is done here is said here. What others do is heard, too, and puts nothing off.
    this.#awaitIdleness();
  }

  #awaitIdleness(): void {
    clearTimeout(this.#idle);
    const { open } = this.#state;
    if (open?.kind === 'return' && open.proposal !== null) this.#idle = setTimeout(() => this.act({ type: 'idle' }), IDLE_MS);
  }

  async #send(counted: CountedCommand): Promise<void> {
    try {
      await this.parts.enqueue(counted);
    } catch (error) {
      this.act({
        type: 'not_kept',
        command: counted,
        detail: error instanceof NothingKept ? error.message : `Free some space, reload and scan again. (${String(error)})`,
      });
    }
  }

  #run(errand: Errand): void {
    switch (errand.do) {
      case 'look_up':
        return void this.#lookUp(errand.scan);
      case 'refresh':
        clearTimeout(this.#refresh);
        this.#refresh = setTimeout(() => void this.#refreshed(errand.returnId), GATHER_MS);
        return;
      case 'look_at_parcel':
        return void this.#lookAtParcel(errand.parcelId);
      case 'match':
        return void this.#match(errand.parcelId, errand.returnId);
      case 'photo':
      case 'help':
        return this.parts.onPanel(errand.do);
    }
  }

  async #lookUp(scan: Scan): Promise<void> {
    const blink = setTimeout(() => this.act({ type: 'looking_up', scan }), BLINK_MS);
    try {
      this.act({ type: 'looked_up', scan, expected: await this.parts.findExpected(scan.code), isOnline: true });
    } catch (error) {
      const code = error instanceof ApiProblem ? error.code : '';
      if (code === 'not_found' || code === 'offline') this.act({ type: 'looked_up', scan, expected: null, isOnline: code === 'not_found' });
      else this.act({ type: 'look_up_failed', scan, detail: error instanceof Error ? error.message : String(error) });
    } finally {
      clearTimeout(blink);
    }
  }

  /**
   * What is on the screen stays when the service cannot be asked. An answer is of no use after a later question's, nor when
   * a command was made while it was asked: it may count that or not. That command's own answer asks for the return anew.
   */
  async #refreshed(returnId: string): Promise<void> {
    const asked = (this.#asked += 1);
    const { made } = this.#state;
    const ret = await this.parts.readReturn(returnId).catch(() => undefined);
    if (ret === undefined || asked < this.#answered || made !== this.#state.made) return;
    this.#answered = asked;
    this.act({ type: 'refreshed', ret });
  }

  async #lookAtParcel(parcelId: string): Promise<void> {
    const parcel = await this.parts.readParcel(parcelId).catch(() => undefined);
    if (parcel !== undefined) this.act({ type: 'parcel_seen', parcel });
  }

  async #match(parcelId: string, returnId: string): Promise<void> {
    try {
      await this.#sendMatch(parcelId, returnId);
    } catch (error) {
      const text =
        error instanceof ApiProblem && error.code === 'offline'
          ? 'Matching needs the line. The parcel is recorded; match it when the line is back.'
          : String(error instanceof Error ? error.message : error);
      this.act({ type: 'told', tone: 'refused', title: 'Not matched', text });
      // Brings the choices back.
      return this.#lookAtParcel(parcelId);
    }
    const answer = await this.parts.findExpected(returnId).catch(() => undefined);
    const ret = answer?.returns.find((each) => each.returnId === returnId);
    if (ret !== undefined) return this.act({ type: 'matched', parcelId, ret });
    this.act({
      type: 'told',
      tone: 'note',
      title: 'Matched',
      text: `The parcel belongs to ${returnId}, which could not be opened. Scan its return id.`,
    });
  }

  /** Under the key of the try before, where nobody knows what came of that. */
  async #sendMatch(parcelId: string, returnId: string): Promise<void> {
    const before = this.#unanswered;
    const match =
      before?.parcelId === parcelId && before.returnId === returnId
        ? before
        : { parcelId, returnId, station: this.#state.station, key: newKey() };
    this.#unanswered = match;
    try {
      await this.parts.matchParcel(match);
      this.#unanswered = undefined;
    } catch (error) {
      if (verdictOn(replyIn(error)) === 'conflict') this.#unanswered = undefined;
      throw error;
    }
  }
}
