import { join } from 'node:path';
import type { LanguageModelParams } from '@ostinato/language-model';
import { disposeParams, loadParams } from '@ostinato/runtime';
import type { Tokenizer } from '@ostinato/tokenizers';
import { loadCheckpoint, type Optimizer, saveCheckpoint, type TrainingState } from '@ostinato/training';
import { type ModelConfig, modelStore, removeModel, writeConfig, writeParams } from './model-directory.ts';
import { UserError } from './user-error.ts';

export const checkpointFile = 'training-state.safetensors';
const firstCheckpointAfter = 10; // seconds

type State = TrainingState<LanguageModelParams>;

/** The score of the held-out part after a step. */
export interface Evaluation {
  step: number;
  totalNats: number;
  tokens: number;
}

/** What a run remembers beside its tensors. */
export interface Notes extends Record<string, unknown> {
  best?: Evaluation;
}

/** The model directory of a run under way: the best parameters so far, and checkpoints to go on from. */
export interface RunFolder {
  /** The best evaluation so far. */
  best(): Evaluation | undefined;
  /** Keeps the parameters that were evaluated if no evaluation before was better. */
  keep(state: State, params: LanguageModelParams, evaluation: Evaluation): Promise<void>;
  /** The step of the last checkpoint, if there is one. */
  saved(): number | undefined;
  checkpoint(state: State): Promise<void>;
  /** Whether it is time for a checkpoint. */
  isDue(): boolean;
}

/**
 * The folder becomes a model with the first parameters, so that a run that fails before leaves nothing.
 *
 * @param resumed the run that is resumed, if one is
 * @param saving  how many checkpoints are kept, and the seconds between them
 */
export function runFolder(
  out: string,
  config: ModelConfig,
  tokenizer: Tokenizer,
  resumed: Pick<ResumedRun, 'state' | 'notes'> | undefined,
  saving: { keep: number; every: number },
): RunFolder {
  const { keep, every } = saving;
  let notes = resumed?.notes ?? {};
  let saved = resumed?.state.step;
  let written = resumed !== undefined;
  let last = performance.now() + 1000 * (Math.min(firstCheckpointAfter, every) - every);

  const save = async (state: State) => {
    await saveCheckpoint(modelStore(out), state, notes, { keep });
    saved = state.step;
  };
  const keepParams = async (state: State, params: LanguageModelParams) => {
    try {
      if (!written) {
        // First, so that a folder with a configuration can always be resumed.
        await save(state);
        await writeConfig(out, config, tokenizer);
      }
      await writeParams(out, params);
      written = true;
    } catch (error) {
      if (!written) await removeModel(out);
      throw error;
    }
  };

  return {
    best: () => notes.best,
    saved: () => saved,
    async keep(state, params, evaluation) {
      if (notes.best && !(evaluation.totalNats < notes.best.totalNats)) return;
      await keepParams(state, params);
      notes = { ...notes, best: evaluation };
    },
    async checkpoint(state) {
      if (!notes.best) await keepParams(state, state.params);
      await save(state);
      last = performance.now();
    },
    isDue: () => performance.now() - last > 1000 * every,
  };
}

export interface ResumedRun {
  state: State;
  notes: Notes;
  /** What to say if the best parameters are not there any more. */
  lost?: string;
  /** What to say if an earlier checkpoint was taken. */
  fallback?: string;
}

/** Why the best parameters cannot be read; undefined when they can. */
async function wrongWithBest(out: string): Promise<string | undefined> {
  const file = 'params.safetensors';
  try {
    const bytes = await modelStore(out).read(file);
    if (!bytes) return 'it is missing.';
    for (const tensor of loadParams(bytes, file).params.values()) tensor.dispose();
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(`${file}: `, '');
  }
}

/** Forgets the best evaluation when its parameters are missing or damaged, so that the next one is kept. */
async function checkBest(out: string, { best, ...notes }: Notes): Promise<{ notes: Notes; lost?: string }> {
  const wrong = best && (await wrongWithBest(out));
  if (!wrong) return { notes: { ...notes, ...(best && { best }) } };
  return {
    notes,
    lost: `${join(out, 'params.safetensors')}: ${wrong} It is written anew at the next evaluation.`,
  };
}

/**
 * The checkpoint of a run to resume.
 *
 * @param params for their structure; they are disposed of
 * @throws UserError when there is none, or it is damaged
 */
export async function readCheckpoint(
  out: string,
  params: LanguageModelParams,
  optimizer: Optimizer,
): Promise<ResumedRun> {
  const path = join(out, checkpointFile);
  let failure = `${out}: there is no checkpoint to resume from (${checkpointFile}).`;
  let checkpoint: Awaited<ReturnType<typeof loadCheckpoint<LanguageModelParams>>>;
  try {
    checkpoint = await loadCheckpoint(modelStore(out), params, optimizer);
  } catch (error) {
    failure = `${path}: ${(error as Error).message.replace(`${path}: `, '').replace(/^fillParams: /, '')}`;
  } finally {
    disposeParams(params);
  }
  if (checkpoint) {
    const { state, notes, damaged } = checkpoint;
    const fallback = damaged && `${damaged} Going on from the checkpoint before it.`;
    return { state, ...(fallback && { fallback }), ...(await checkBest(out, notes)) };
  }
  const remedy =
    (await wrongWithBest(out)) === undefined
      ? `The best parameters are whole (params.safetensors), and \`lm score\` and \`lm generate\` read them, but this run cannot go on: train anew into another --out.`
      : 'Remove the folder and train anew, or into another --out.';
  throw new UserError(`${failure} ${remedy}`);
}
