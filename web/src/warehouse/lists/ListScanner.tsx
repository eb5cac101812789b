import { useRef, type ReactElement } from 'react';
import { useLocation } from 'wouter';
import { controlIn } from '../station/codes';
import { useScanner } from '../station/useScanner';

/** On a list, a scan opens what was scanned at the station. */
export function ListScanner(): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const [, navigate] = useLocation();
  const onScan = (code: string): void => {
    if (controlIn(code) === undefined) navigate(`/warehouse?scan=${encodeURIComponent(code)}`);
  };
  useScanner({ field, onScan, meaningOf: () => undefined });
  return (
    <div className="list-scan">
      <label htmlFor="scan">Scan or type to open</label>
      <input id="scan" ref={field} type="text" autoComplete="off" spellCheck={false} />
    </div>
  );
}
