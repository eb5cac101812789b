/** The browser opens no store for this page: it keeps no site data, as in some private windows or by somebody's rules. */
export class NothingKept extends Error {
  override readonly name = 'NothingKept';
  /** What it means and what to do. */
  readonly words = `This browser keeps nothing for this page. A scan could be lost before the service has it, so none is taken. Allow ${location.host} to keep site data on this device, or use a window that is not private or another browser. Then load this page again.`;
  /** The browser's own words, for whoever looks after the device. */
  readonly reason: string;

  constructor(cause: unknown) {
    super('This browser keeps nothing for this page.', { cause });
    this.reason = String(cause);
    this.message = `${this.words} (${this.reason})`;
  }
}
