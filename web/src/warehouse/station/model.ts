/** What the scan station knows at a moment: plain data, kept over a reload. Never personal data. */
import type { Schemas } from '../../shared/api/api';
import type { CountedCommand, Outcome } from '../queue/commands';
import type { Disposition, Grade, Step } from './codes';

export type ExpectedReturn = Schemas['ExpectedReturnAnswer'];
export type FoundParcel = Schemas['FoundParcelDetailAnswer'];

/** One scan: `id` is made at once and stays, `at` is ISO 8601 by this device's clock. */
export type Scan = { readonly code: string; readonly id: string; readonly at: string };

/** What the screen says about the last scan; each tone has its colour, sign, sound and vibration. */
export type Tone =
  | 'accepted'
  | 'opened'
  | 'wrong_item'
  | 'too_many'
  | 'unknown'
  | 'already_received'
  | 'ended'
  | 'duplicate'
  | 'note'
  | 'question'
  | 'looking_up'
  | 'refused'
  | 'differs';
export type Feedback = {
  readonly id: number;
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** The scan it is about. */ readonly scanId: string | null;
};

type ScanPrediction = 'accepted' | 'other_return' | 'surplus' | 'not_in_return';
/** A scanned item as the list of this parcel's scans shows it. */
export type ScanEntry = {
  readonly scanId: string;
  readonly at: string;
  readonly code: string;
  readonly lineId: string | null;
  readonly title: string;
  readonly outcome: ScanPrediction;
  readonly state: 'waiting' | 'recorded' | 'refused';
  readonly isUndone: boolean;
};

/** What happens to pieces next, held until the clerk goes on, so that a slip of the hand can be taken back. */
export type Proposal = {
  readonly lineId: string;
  readonly quantity: number;
  /** null: graded before. */
  readonly grade: Grade | null;
  readonly disposition: Disposition | null;
  readonly location: string | null;
  /** The clerk has said where it goes, so going on is enough to put it there. */
  readonly isChosen: boolean;
};

export type OpenReturn = {
  readonly kind: 'return';
  /** As the service has told last. */
  readonly ret: ExpectedReturn;
  /** Of the parcel before the clerk, where its number was scanned. */
  readonly trackingNumber: string | null;
  readonly step: Step;
  /** The line whose pieces the next grade is for. */
  readonly focus: string | null;
  readonly proposal: Proposal | null;
  readonly isWholeLine: boolean;
  /** Photos for the next grade or mismatch. */
  readonly photos: readonly string[];
  readonly scans: readonly ScanEntry[];
};
export type FoundItem = { readonly scanId: string; readonly code: string; readonly state: 'waiting' | 'recorded' | 'refused' };
export type OpenFound = {
  readonly kind: 'found';
  readonly parcelId: string;
  readonly trackingNumber: string | null;
  readonly items: readonly FoundItem[];
  /** Returns it may belong to, the likeliest first. */
  readonly likely: readonly ExpectedReturn[];
  readonly words: string;
};

type ChoiceAction =
  | { readonly do: 'open'; readonly ret: ExpectedReturn }
  | { readonly do: 'set_aside'; readonly scan: Scan }
  | { readonly do: 'announce'; readonly code: string | null }
  | { readonly do: 'instead_of'; readonly lineId: string; readonly code: string }
  | { readonly do: 'match'; readonly returnId: string }
  | { readonly do: 'mark_missing' }
  | { readonly do: 'leave' };
export type Choice = { readonly label: string; readonly action: ChoiceAction };

export type StationState = {
  readonly station: string;
  /** Of this desk while its page is open; with the number of the command it is the command's id. */
  readonly deskId: string;
  /** Commands made so far. */
  readonly made: number;
  readonly open: OpenReturn | OpenFound | null;
  /** What the service has not answered. */
  readonly waiting: readonly CountedCommand[];
  /** A code that is being looked up, and what was scanned since. */
  readonly lookingUp: Scan | null;
  readonly backlog: readonly Scan[];
  readonly choices: readonly Choice[];
  readonly feedback: Feedback | null;
};

/** What the page does after a step beside sending commands. */
export type Errand =
  | { readonly do: 'look_up'; readonly scan: Scan }
  | { readonly do: 'refresh'; readonly returnId: string }
  | { readonly do: 'look_at_parcel'; readonly parcelId: string }
  | { readonly do: 'match'; readonly parcelId: string; readonly returnId: string }
  | { readonly do: 'photo' }
  | { readonly do: 'help' };
export type Turn = { readonly state: StationState; readonly commands: readonly CountedCommand[]; readonly errands: readonly Errand[] };

export type Input =
  | { readonly type: 'scan'; readonly scan: Scan }
  /** The service, or what is kept here, about `lookingUp`; null: nothing is known under that code. */
  | { readonly type: 'looked_up'; readonly scan: Scan; readonly expected: Schemas['ExpectedAnswer'] | null; readonly isOnline: boolean }
  | { readonly type: 'look_up_failed'; readonly scan: Scan; readonly detail: string }
  /** The answer takes longer than a blink. */
  | { readonly type: 'looking_up'; readonly scan: Scan }
  | { readonly type: 'refreshed'; readonly ret: ExpectedReturn }
  | { readonly type: 'parcel_seen'; readonly parcel: FoundParcel }
  | { readonly type: 'changed'; readonly streamId: string }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'not_kept'; readonly command: CountedCommand; readonly detail: string }
  | { readonly type: 'undo'; readonly scanId: string; readonly id: string }
  | { readonly type: 'photo_taken'; readonly photoRef: string }
  /** Nothing has been done for a while. */
  | { readonly type: 'idle' }
  | { readonly type: 'matched'; readonly parcelId: string; readonly ret: ExpectedReturn }
  | { readonly type: 'told'; readonly tone: Tone; readonly title: string; readonly text: string };

/** @param deskId a UUID that no other desk has had */
export const begin = (station: string, deskId: string): StationState => ({
  station,
  deskId,
  made: 0,
  open: null,
  waiting: [],
  lookingUp: null,
  backlog: [],
  choices: [],
  feedback: null,
});
