import { sealEmbeddedLog } from '../eventing/stores/embedded.seal.js';
import { readConfig } from '../shared/config.js';
import { startProgress } from './progress.js';

/** `backhaul seal`: gives the events of an older release's log their digests, once; with the service stopped. */
export async function seal(): Promise<void> {
  const { eventStoreUrl, dataDir } = readConfig(process.env);
  if (eventStoreUrl !== null) {
    throw new Error(
      'Events in EventStoreDB are never changed, so those of older releases stay without a digest. The first event that this release writes to a stream begins its chain.',
    );
  }
  let progress: ReturnType<typeof startProgress> | undefined;
  const { events, sealed } = await sealEmbeddedLog(dataDir, (done, all) => (progress ??= startProgress('seal', all)).update(done));
  progress?.finish();
  process.stdout.write(
    sealed === 0 ? `All ${events} events have their digest already.\n` : `${sealed} of ${events} events were given their digest.\n`,
  );
}
