import {
  IconAlertOctagon,
  IconArrowsShuffle,
  IconBarcodeOff,
  IconCheck,
  IconCircleX,
  IconClockX,
  IconCopy,
  IconHelpCircle,
  IconInfoCircle,
  IconPackage,
  IconPackages,
  IconSearch,
  IconStack3,
  type Icon,
} from '@tabler/icons-react';
import type { ReactElement } from 'react';
import type { Choice, Feedback, ScanEntry, Tone } from './model';

/** A sign for each tone, and its name for whoever sees no colours. */
const SIGNS: Readonly<Record<Tone, { readonly icon: Icon; readonly name: string }>> = {
  accepted: { icon: IconCheck, name: 'Accepted' },
  opened: { icon: IconPackage, name: 'Parcel' },
  wrong_item: { icon: IconCircleX, name: 'Wrong item' },
  too_many: { icon: IconStack3, name: 'Surplus' },
  unknown: { icon: IconBarcodeOff, name: 'Unknown' },
  already_received: { icon: IconPackages, name: 'Received before' },
  ended: { icon: IconClockX, name: 'Ended' },
  duplicate: { icon: IconCopy, name: 'Again' },
  note: { icon: IconInfoCircle, name: 'Noted' },
  question: { icon: IconHelpCircle, name: 'Question' },
  looking_up: { icon: IconSearch, name: 'Wait' },
  refused: { icon: IconAlertOctagon, name: 'Refused' },
  differs: { icon: IconArrowsShuffle, name: 'The service says' },
};

type Props = {
  readonly feedback: Feedback | null;
  /** What became of the scan it is about. */
  readonly scan: ScanEntry | undefined;
  readonly choices: readonly Choice[];
  readonly onPick: (number: number) => void;
};

const FATE = {
  waiting: 'Kept on this device, being sent',
  recorded: 'Recorded by the service',
  refused: 'Refused by the service',
} as const;

/** What the last scan was, unmistakably: the colour of the whole screen, a sign, large words. */
export function FeedbackPanel({ feedback, scan, choices, onPick }: Props): ReactElement {
  const {
    tone = 'note',
    title = 'Ready',
    text = 'Scan the label of a parcel, the code a customer shows, or a return id.',
    id = 0,
  } = feedback ?? {};
  const { icon: Sign, name } = SIGNS[tone];
  return (
    <section className="station-feedback" aria-label="Last scan">
      <div role="status" aria-live="assertive" aria-atomic="true" data-feedback={tone} data-feedback-id={id}>
        <p className="station-tone">
          <Sign size={28} stroke={2.5} aria-hidden /> {name}
        </p>
        <p className="station-title" key={id}>
          {title}
        </p>
        <p className="station-text">{text}</p>
      </div>
      {scan !== undefined && <p className="station-fate">{FATE[scan.state]}</p>}
      {choices.length > 0 && (
        <ol className="station-choices" aria-label="Choices">
          {choices.map(({ label }, index) => (
            <li key={label}>
              <button type="button" onClick={() => onPick(index + 1)}>
                <kbd>{index + 1}</kbd> {label}
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
