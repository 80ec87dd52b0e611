import type { WriteStore } from './write-store.ts';

/** A dropped file: a model by its ending, a text otherwise. What is at work is not thrown away for it. */
export function takeFile(store: WriteStore, file: File): void {
  const isModel = file.name.toLowerCase().endsWith('.safetensors');
  const obstacle = obstacleTo(isModel ? 'model' : 'text', store);
  if (obstacle) store.error.value = `${file.name}: ${obstacle}`;
  else if (isModel) store.send({ type: 'load', file });
  else store.send({ type: 'useText', source: { kind: 'file', file } });
}

/** Why it cannot be taken now, and what to do. */
function obstacleTo(
  kind: 'model' | 'text',
  { phase, pending }: Pick<WriteStore, 'phase' | 'pending'>,
): string | undefined {
  const atWork = 'the page is at work on something else. Drop the file again when that is done.';
  switch (phase.value) {
    case 'empty':
      return pending.value && atWork;
    case 'starting':
      return 'the page is still starting. Drop the file again in a moment.';
    case 'busy':
      return atWork;
    case 'broken':
      return 'the page has stopped. Reload it, then drop the file again.';
    case 'running':
      if (kind === 'text')
        return 'a model is learning another text. Reset it first, then drop the file again.';
      return pending.value === 'pause'
        ? 'the training is about to pause. Drop the model again when it has.'
        : 'pause the training first, then drop the model again.';
    case 'paused':
      if (kind === 'text')
        return 'the model that is here learns another text. Reset it first, then drop the file again.';
      return pending.value && atWork;
  }
}
