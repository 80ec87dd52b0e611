import { startRuntime } from '@ostinato/runtime';
import { serveGradients } from './serve-gradients.ts';
import { lossWith } from './team.test-kit.ts';

serveGradients(self, async ({ noise }: { noise: number }) => {
  await startRuntime({ deterministic: true });
  return lossWith(noise);
});
