import type { WriteStore } from './write-store.ts';

/** A dropped file: a model by its ending, a text otherwise. What is at work is not thrown away for it. */
export function takeFile(store: WriteStore, file: File): void {
  const isModel = file.name.endsWith('.safetensors');
  const obstacle = obstacleTo(isModel ? 'model' : 'text', store.phase.value);
  if (obstacle) store.error.value = `${file.name}: ${obstacle}`;
  else if (isModel) store.send({ type: 'load', file });
  else store.send({ type: 'useText', source: { kind: 'file', file } });
}

/** Why it cannot be taken now, and what to do. */
function obstacleTo(kind: 'model' | 'text', phase: WriteStore['phase']['value']): string | undefined {
  switch (phase) {
    case 'empty':
      return undefined;
    case 'starting':
      return 'the page is still starting. Drop the file again in a moment.';
    case 'busy':
      return 'the page is at work on something else. Drop the file again when that is done.';
    case 'broken':
      return 'the page has stopped. Reload it, then drop the file again.';
    case 'running':
      return kind === 'model'
        ? 'pause the training first, then drop the model again.'
        : 'a model is learning another text. Reset it first, then drop the file again.';
    case 'pausing':
      return kind === 'model'
        ? 'the training is about to pause. Drop the model again when it has.'
        : 'a model is learning another text. Reset it first, then drop the file again.';
    case 'paused':
      return kind === 'model'
        ? undefined
        : 'the model that is here learns another text. Reset it first, then drop the file again.';
  }
}
