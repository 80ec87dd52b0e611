import type { LanguageModelParams } from '@ostinato/language-model';
import { createRng, disposeParams, loadParams, memoryStore, SafetensorsError } from '@ostinato/runtime';
import { type Tokenizer, tokenizerFromJson } from '@ostinato/tokenizers';
import { loadCheckpoint, saveCheckpoint, type TrainingState } from '@ostinato/training';
import type { LossPoint } from './loss-history.ts';
import type { PreparedText } from './prepared-text.ts';
import type { TrainingSettings } from './protocol.ts';
import { modelFor, optimizerFor, Run } from './run.ts';

const checkpoint = 'training-state.safetensors';
const format = 'ostinato-write';

/** What stands beside the tensors. */
type Notes = {
  format: string;
  settings: TrainingSettings;
  tokenizer: unknown;
  textName: string;
  textDigest: string | undefined;
  history: LossPoint[];
};

/** A saved model, read and checked, but without a text to go on with. */
export interface SavedModel {
  tokenizer: Tokenizer;
  textName: string;
  step: number;
  /** Whether this is the very text it has learned; undefined where that cannot be told. */
  hasLearned(text: PreparedText): boolean | undefined;
  /**
   * The run goes on exactly where it was if the text is the same. Otherwise it begins at the text's beginning, without
   * the losses on the other one.
   */
  continueWith(text: PreparedText): Run;
  /** Frees it, if it is not continued. */
  dispose(): void;
}

/** One safetensors file with everything in it: parameters, optimizer, tokenizer, settings and history. */
export async function saveModel({ settings, text, state, history }: Run): Promise<Uint8Array<ArrayBuffer>> {
  const notes: Notes = {
    format,
    settings,
    tokenizer: text.tokenizer.toJSON(),
    textName: text.name,
    textDigest: text.digest,
    history,
  };
  const store = memoryStore();
  await saveCheckpoint(store, state, notes);
  return (await store.read(checkpoint)) as Uint8Array<ArrayBuffer>;
}

/**
 * @param name the file's name, for messages
 * @throws SafetensorsError for a file that is damaged or no model of this page
 */
export async function readModel(bytes: Uint8Array, name: string): Promise<SavedModel> {
  const { settings, textName, textDigest, history, ...notes } = readNotes(bytes, name);
  const tokenizer = tokenizerFromJson(notes.tokenizer, name);
  const store = memoryStore(name);
  await store.write(checkpoint, bytes);
  const optimizer = optimizerFor(settings);
  const blank = modelFor(settings, tokenizer.vocabulary.size).init(createRng(0));
  const loaded = await loadCheckpoint(store, blank, optimizer).finally(() => disposeParams(blank));
  const state = loaded!.state;
  const hasLearned = ({ digest }: PreparedText) =>
    digest === undefined || textDigest === undefined ? undefined : digest === textDigest;
  return {
    tokenizer,
    textName,
    step: state.step,
    hasLearned,
    continueWith(text) {
      return hasLearned(text)
        ? new Run(settings, text, state, history)
        : new Run(settings, text, fromBeginning(state));
    },
    dispose: () => disposeState(state),
  };
}

function readNotes(bytes: Uint8Array, name: string): Notes {
  const { params, metadata } = loadParams(bytes, name);
  for (const tensor of params.values()) tensor.dispose();
  try {
    const { notes } = JSON.parse(metadata.training ?? '') as { notes: Notes };
    if (notes.format === format) return notes;
  } catch {
    // said below
  }
  throw new SafetensorsError(
    `${name}: this is no model that was saved on this page. Choose a file that “Save” made here.`,
  );
}

function fromBeginning(state: TrainingState<LanguageModelParams>): TrainingState<LanguageModelParams> {
  if (state.carried) disposeParams(state.carried);
  return { ...state, carried: undefined, cursor: undefined, epoch: 0, fraction: 0 };
}

function disposeState({ params, optimizerState, carried }: TrainingState<LanguageModelParams>): void {
  for (const tree of [params, optimizerState, carried]) if (tree) disposeParams(tree);
}
