import './station.css';
import { Badge, Button, Group, Switch, Title } from '@mantine/core';
import { IconCloud, IconCloudOff } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import { useSearchParams } from 'wouter';
import { CameraScanner } from '../camera/CameraScanner';
import { ConflictsPanel } from '../queue/ConflictsPanel';
import { NothingKeptPanel } from '../queue/NothingKeptPanel';
import { OthersPanel } from '../queue/OthersPanel';
import { useScanQueue } from '../queue/useScanQueue';
import { controlIn } from './codes';
import type { Panel } from './desk';
import { FeedbackPanel } from './FeedbackPanel';
import { HelpPanel } from './HelpPanel';
import { keysOf, meaningOf } from './keys';
import type { StationState } from './model';
import { FoundView, ReturnView } from './ParcelView';
import { PhotoPanel } from './PhotoPanel';
import { ScanList } from './ScanList';
import { useSound, useStationName } from './settings';
import { StationName } from './StationName';
import { useDesk } from './useDesk';
import { useScanner } from './useScanner';

/** The scan station; asks once which desk it is. */
export function StationPage(): ReactElement {
  const [name, setName] = useStationName();
  const [isRenaming, setRenaming] = useState(false);
  if (name === '' || isRenaming) {
    return (
      <StationName
        name={name}
        onName={(given) => {
          setName(given);
          setRenaming(false);
        }}
      />
    );
  }
  return <Station name={name} onRename={() => setRenaming(true)} />;
}

function Station({ name, onRename }: { readonly name: string; readonly onRename: () => void }): ReactElement {
  const [panel, setPanel] = useState<Panel | 'camera' | null>(null);
  const [isSoundOn, setSound] = useSound();
  const toggle = useCallback((asked: Panel) => setPanel((shown) => (shown === asked ? null : asked)), []);
  const { desk, state } = useDesk(name, isSoundOn, toggle);
  const field = useRef<HTMLInputElement>(null);
  const photo = useRef<HTMLElement>(null);
  const onScan = (code: string): void => {
    // While the camera looks, confirming is pressing its button.
    const shutter = controlIn(code)?.kind === 'ok' ? photo.current?.querySelector<HTMLButtonElement>(':scope > button') : null;
    if (shutter === null || shutter === undefined) desk.scan(code);
    else shutter.click();
  };
  useScanner({ field, onScan, meaningOf: (key) => meaningOf(state, key) });
  useScanInAddress(desk.scan);
  useScreenTone(state.feedback?.tone ?? null);
  const { open, feedback, choices } = state;
  const scan =
    open?.kind === 'return' && feedback?.scanId !== null ? open.scans.find((each) => each.scanId === feedback?.scanId) : undefined;
  const close = (): void => {
    setPanel(null);
    field.current?.focus();
  };
  return (
    <div className="station">
      <StationBar name={name} onRename={onRename} isSoundOn={isSoundOn} onSound={setSound} />
      <NothingKeptPanel />
      <ScanField
        field={field}
        onCamera={() => setPanel(panel === 'camera' ? null : 'camera')}
        isCameraOn={panel === 'camera'}
        backlog={state.backlog.length}
      />
      {panel === 'camera' && (
        <div className="station-card">
          <CameraScanner onCode={desk.scan} />
        </div>
      )}
      {panel === 'photo' && open?.kind === 'return' && (
        <PhotoPanel
          panel={photo}
          orderId={open.ret.orderId}
          onPhoto={(photoRef) => desk.act({ type: 'photo_taken', photoRef })}
          onClose={close}
        />
      )}
      {panel === 'help' && <HelpPanel onClose={close} />}
      <FeedbackPanel feedback={feedback} scan={scan} choices={choices} onPick={(number) => desk.scan(`BH:${number}`)} />
      <Keys state={state} onKey={desk.scan} />
      <ConflictsPanel />
      <OthersPanel onTakenOver={() => field.current?.focus()} />
      {open?.kind === 'return' && (
        <div className="station-columns">
          <ReturnView state={state} open={open} />
          <ScanList scans={open.scans} onUndo={desk.undo} />
        </div>
      )}
      {open?.kind === 'found' && <FoundView open={open} />}
    </div>
  );
}

type BarProps = {
  readonly name: string;
  readonly onRename: () => void;
  readonly isSoundOn: boolean;
  readonly onSound: (isOn: boolean) => void;
};

function StationBar({ name, onRename, isSoundOn, onSound }: BarProps): ReactElement {
  const { waiting, isOnline, conflicts } = useScanQueue();
  return (
    <Group justify="space-between" gap="xs" className="station-card station-bar">
      <Group gap="xs">
        <Title order={1} size="h4">
          Scan station
        </Title>
        <Button size="compact-sm" variant="default" onClick={onRename} aria-label={`Station ${name}, change the name`}>
          {name}
        </Button>
      </Group>
      <Group gap="xs" role="group" aria-label="Line to the service">
        <Badge
          size="lg"
          color={isOnline ? 'dark' : 'red.9'}
          variant={isOnline ? 'outline' : 'filled'}
          leftSection={isOnline ? <IconCloud size={14} aria-hidden /> : <IconCloudOff size={14} aria-hidden />}
        >
          {isOnline ? 'Online' : 'Offline'}
        </Badge>
        <Badge size="lg" color="dark" variant={waiting > 0 ? 'filled' : 'outline'}>{`${waiting} waiting`}</Badge>
        {conflicts.length > 0 && <Badge size="lg" color="red.9">{`${conflicts.length} refused`}</Badge>}
        <Switch label="Sound" checked={isSoundOn} onChange={(event) => onSound(event.currentTarget.checked)} />
      </Group>
    </Group>
  );
}

type FieldProps = {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onCamera: () => void;
  readonly isCameraOn: boolean;
  readonly backlog: number;
};

function ScanField({ field, onCamera, isCameraOn, backlog }: FieldProps): ReactElement {
  // On a screen that is touched, focus would bring up a keyboard over the page.
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, [field]);
  return (
    <div className="station-card station-field">
      <label htmlFor="scan">Scan or type</label>
      <input
        id="scan"
        ref={field}
        type="text"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        enterKeyHint="go"
        aria-describedby="scan-hint"
      />
      <Button size="md" variant="default" aria-pressed={isCameraOn} onClick={onCamera}>
        {isCameraOn ? 'Close camera' : 'Use camera'}
      </Button>
      <p id="scan-hint">
        {backlog > 0
          ? `${backlog} scanned since, taken up in a moment.`
          : 'Begin with / to type a code by hand where letters are grades. F1 shows all keys.'}
      </p>
    </div>
  );
}

function Keys({ state, onKey }: { readonly state: StationState; readonly onKey: (code: string) => void }): ReactElement {
  return (
    <ul className="station-keys" aria-label="Keys">
      {keysOf(state).map(({ key, word, code }) => (
        <li key={key}>
          <button type="button" tabIndex={-1} onClick={() => onKey(code)}>
            <kbd>{key}</kbd> {word}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Other pages hand over what is to be opened as `?scan=…`; once taken up it goes from the address. */
function useScanInAddress(onScan: (code: string) => void): void {
  const [search, setSearch] = useSearchParams();
  const asked = search.get('scan');
  useEffect(() => {
    if (asked === null) return;
    setSearch({}, { replace: true });
    onScan(asked);
  }, [asked, onScan, setSearch]);
}

/** Colours the whole screen. */
function useScreenTone(tone: string | null): void {
  useEffect(() => {
    if (tone === null) delete document.body.dataset['tone'];
    else document.body.dataset['tone'] = tone;
    return () => {
      delete document.body.dataset['tone'];
    };
  }, [tone]);
}
