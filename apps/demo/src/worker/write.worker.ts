import { createMailbox } from './mailbox.ts';
import type { Command, Report } from './protocol.ts';
import { Studio } from './studio.ts';

const mailbox = createMailbox<Command>();
const studio = new Studio(
  (report, transfer = []) => self.postMessage(report, { transfer }),
  () => !mailbox.isEmpty,
);
self.addEventListener('message', ({ data }: MessageEvent<Command>) => mailbox.put(data));

/** Commands come first; between them, as long as it trains, one step after the other. */
async function work(): Promise<never> {
  await studio.open();
  for (;;) {
    const command = studio.isTraining && mailbox.isEmpty ? undefined : await mailbox.take();
    try {
      if (command) await studio.obey(command);
      else await studio.step();
    } catch (error) {
      tell(error);
      if (command) studio.reportPhase();
      else studio.halt();
    }
  }
}

function tell(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  self.postMessage({ type: 'failed', message } satisfies Report);
}

// What ends the loop is the end; the console gets what is behind it.
void work().catch((error: Error) => {
  console.error(error);
  self.postMessage({ type: 'broken', message: error.message } satisfies Report);
});
