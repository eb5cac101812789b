/** How long after an event is in the log all views show it: what a query that must see it would wait. */
const EVERY_MS = 10;
const PATIENCE_MS = 60_000;

/** Watches until `end()`, which gives the lags in milliseconds, one per look at the log that found something new. */
export function watchLag(store, views) {
  const names = views.status().map(({ name }) => name);
  const lags = [];
  let last;
  const look = async () => {
    const head = await store.head();
    if (head === last) return;
    last = head;
    const begun = performance.now();
    const reached = Promise.all(names.map((name) => views.waitFor(name, head, PATIENCE_MS)));
    lags.push(reached.then(() => performance.now() - begun));
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      return Promise.all(lags);
    },
  };
}
