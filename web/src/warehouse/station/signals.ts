/** What a clerk hears and feels: every tone of the screen has its own sound and vibration. */
import type { Tone } from './model';

/** Pitch in Hz, 0 for silence, and length in ms. */
type Note = readonly [pitch: number, length: number];
type Signal = {
  readonly shape: OscillatorType;
  readonly notes: readonly Note[];
  /** Milliseconds on, off, on … */ readonly vibration: readonly number[];
};

const SIGNALS: Readonly<Record<Tone, Signal>> = {
  accepted: { shape: 'sine', notes: [[1320, 90]], vibration: [40] },
  opened: {
    shape: 'sine',
    notes: [
      [660, 90],
      [990, 140],
    ],
    vibration: [40, 40, 40],
  },
  note: { shape: 'sine', notes: [[880, 60]], vibration: [25] },
  question: {
    shape: 'triangle',
    notes: [
      [660, 120],
      [880, 120],
      [660, 120],
    ],
    vibration: [80, 60, 80],
  },
  looking_up: { shape: 'sine', notes: [[440, 40]], vibration: [] },
  wrong_item: { shape: 'square', notes: [[180, 450]], vibration: [400] },
  too_many: {
    shape: 'square',
    notes: [
      [520, 130],
      [0, 60],
      [520, 130],
    ],
    vibration: [150, 80, 150],
  },
  unknown: {
    shape: 'triangle',
    notes: [
      [700, 120],
      [500, 120],
      [330, 200],
    ],
    vibration: [100, 60, 100, 60, 100],
  },
  already_received: { shape: 'sine', notes: [[550, 420]], vibration: [250] },
  ended: {
    shape: 'sawtooth',
    notes: [
      [330, 160],
      [440, 160],
      [330, 160],
      [440, 160],
    ],
    vibration: [200, 80, 200, 80, 200],
  },
  duplicate: {
    shape: 'sine',
    notes: [
      [980, 70],
      [0, 50],
      [980, 70],
      [0, 50],
      [980, 70],
    ],
    vibration: [60, 50, 60, 50, 60],
  },
  refused: {
    shape: 'sawtooth',
    notes: [
      [240, 160],
      [0, 60],
      [160, 320],
    ],
    vibration: [300, 100, 300],
  },
  differs: {
    shape: 'sawtooth',
    notes: [
      [990, 120],
      [330, 120],
      [990, 120],
      [330, 240],
    ],
    vibration: [400, 100, 400, 100, 400],
  },
};
const LOUDNESS = 0.25;

let audio: AudioContext | undefined;

/** Plays and vibrates; silent where the browser has neither, or nobody has touched the page yet. */
export function give(tone: Tone, isSoundOn: boolean): void {
  if (!navigator.userActivation.hasBeenActive) return;
  const { shape, notes, vibration } = SIGNALS[tone];
  if (vibration.length > 0 && 'vibrate' in navigator) navigator.vibrate([...vibration]);
  if (isSoundOn) play(shape, notes);
}

function play(shape: OscillatorType, notes: readonly Note[]): void {
  audio ??= new AudioContext();
  void audio.resume();
  const volume = audio.createGain();
  volume.gain.value = LOUDNESS;
  volume.connect(audio.destination);
  let at = audio.currentTime;
  for (const [pitch, length] of notes) {
    const end = at + length / 1000;
    if (pitch > 0) {
      const voice = audio.createOscillator();
      voice.type = shape;
      voice.frequency.value = pitch;
      voice.connect(volume);
      voice.start(at);
      voice.stop(end);
    }
    at = end;
  }
}
