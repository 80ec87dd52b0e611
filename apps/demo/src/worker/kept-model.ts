import { createStore, get, set } from 'idb-keyval';
import type { LearnedText } from './learned-text.ts';
import type { KeptSummary } from './protocol.ts';

/** The last model, as this browser keeps it between two visits. */
export interface KeptModel {
  summary: KeptSummary;
  file: Uint8Array;
  /** The text it learns, unless that comes with the page. */
  text: LearnedText | undefined;
}

const key = 'last';
let store: ReturnType<typeof createStore> | undefined;
const database = () => (store ??= createStore('ostinato-write', 'models'));

export async function keepModel(model: KeptModel): Promise<void> {
  await set(key, model, database());
}

export async function keptModel(): Promise<KeptModel | undefined> {
  return await get<KeptModel>(key, database());
}
