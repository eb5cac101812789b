/** Hears a keyboard-wedge scanner and the station's own keys wherever the focus is. */
import { useEffect, useRef, type RefObject } from 'react';
import { CONTROL_GROUPS, NEXT_STEP } from './codes';
import { hear, scannedInto, SILENCE } from './wedge';

/** A key that no other follows for that long was meant alone. */
const LONE_KEY_MS = 150;
const FUNCTION_KEYS: ReadonlyMap<string, string> = new Map([
  ...CONTROL_GROUPS.flatMap(({ codes }) =>
    codes.filter(({ key }) => /^F\d+$/.test(key) && key !== 'F9').map(({ key, code }) => [key, code] as const),
  ),
  ['F9', NEXT_STEP],
]);

type Options = {
  /** Where codes are typed by hand, and what is typed into nothing else. */
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onScan: (code: string) => void;
  /** What a lone letter or digit means now; undefined: it is text. */
  readonly meaningOf: (key: string) => string | undefined;
};

const textFieldOf = (target: EventTarget | null): HTMLInputElement | HTMLTextAreaElement | null => {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && /^(text|search|password|email|number)$/.test(target.type) ? target : null;
};

/** Sets a field's text as typing would, so that whoever watches it sees the change. */
function write(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Calls `onScan` for each code that is scanned, typed and entered by hand, or meant by a key. */
export function useScanner(options: Options): void {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const ear = new Ear(latest);
    addEventListener('keydown', ear.onKeyDown, { capture: true });
    return () => {
      removeEventListener('keydown', ear.onKeyDown, { capture: true });
      ear.stop();
    };
  }, []);
}

class Ear {
  #burst = SILENCE;
  /** What stood in the field before the burst, to be put back when the burst turns out to be a scan. */
  #before = '';
  /** A key that means something if no other follows. */
  #lone: { readonly timer: ReturnType<typeof setTimeout>; readonly mean: () => void } | undefined;

  constructor(private readonly options: RefObject<Options>) {}

  readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const { onScan } = this.options.current;
    const meant = FUNCTION_KEYS.get(event.key);
    // A glove that rests on a key means it once.
    if (event.repeat && (meant !== undefined || event.key === 'Enter')) event.preventDefault();
    else if (meant !== undefined) {
      event.preventDefault();
      onScan(meant);
    } else if (event.key === 'Enter' || event.key === 'Tab') this.#onEnd(event);
    else if (event.key.length === 1) this.#onCharacter(event);
  };

  stop(): void {
    clearTimeout(this.#lone?.timer);
    this.#lone = undefined;
  }

  #onCharacter(event: KeyboardEvent): void {
    const { key, timeStamp, target } = event;
    this.stop();
    const { field, onScan, meaningOf } = this.options.current;
    const own = field.current;
    const isPressed = key === ' ' && target instanceof HTMLElement && target.matches('button, a, summary, input, select');
    const isStray = textFieldOf(target) === null && !isPressed && own !== null;
    if (isStray) own.focus();
    const heard = hear(this.#burst, { key, at: timeStamp });
    this.#burst = heard.burst;
    const typed = textFieldOf(document.activeElement)?.value ?? '';
    if (isStray) {
      event.preventDefault();
      write(own, typed + key);
    }
    if (!heard.isFirst) return;
    this.#before = typed;
    const meant = own !== null && document.activeElement === own && typed === '' ? meaningOf(key) : undefined;
    if (meant === undefined) return;
    const mean = (): void => {
      this.stop();
      if (own?.value !== key) return;
      write(own, '');
      onScan(meant);
    };
    this.#lone = { timer: setTimeout(mean, LONE_KEY_MS), mean };
  }

  #onEnd(event: KeyboardEvent): void {
    // A grade and Enter in quick succession are a grade and its confirmation.
    this.#lone?.mean();
    const { field, onScan } = this.options.current;
    const heard = this.#burst;
    const { burst, scan } = hear(heard, { key: event.key, at: event.timeStamp });
    this.#burst = burst;
    const into = textFieldOf(document.activeElement);
    if (scan !== null) {
      event.preventDefault();
      event.stopPropagation();
      const isOwn = into !== null && into === field.current;
      const code = isOwn ? scannedInto(into.value, heard) : scan;
      if (into !== null) write(into, isOwn ? '' : this.#before);
      onScan(code);
    } else if (event.key === 'Enter' && into !== null && into === field.current) {
      event.preventDefault();
      // A stroke before the code says that it is typed by hand, where a letter alone would be a grade.
      const typed = into.value.trim().replace(/^\//, '');
      write(into, '');
      onScan(typed === '' ? 'BH:OK' : typed);
    }
  }
}
