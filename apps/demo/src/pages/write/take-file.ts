import type { WriteStore } from './write-store.ts';

/** A dropped file: a model by its ending, a text otherwise. What is at work is not thrown away for it. */
export function takeFile(store: WriteStore, file: File): void {
  const phase = store.phase.value;
  const isModel = file.name.endsWith('.safetensors');
  if (isModel && (phase === 'empty' || phase === 'paused')) store.send({ type: 'load', file });
  else if (!isModel && phase === 'empty') store.send({ type: 'useText', source: { kind: 'file', file } });
  else if (isModel) store.error.value = `${file.name}: pause the training first, then drop the model again.`;
  else
    store.error.value = `${file.name}: a model is learning another text. Reset it first, then drop the file again.`;
}
