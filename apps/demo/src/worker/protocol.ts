import type { LanguageModelConfig } from '@ostinato/language-model';
import type { Runtime } from '@ostinato/runtime';
import type { LossPoint } from './loss-history.ts';

/** Where a text comes from. */
export type TextSource =
  | { kind: 'declarations' }
  | { kind: 'file'; file: File }
  | { kind: 'pasted'; text: string };

/** What the visitor chooses before training. */
export interface TrainingSettings {
  cell: LanguageModelConfig['cell'];
  hiddenSize: number;
  layers: number;
  learningRate: number;
  seed: number;
}

/** What the visitor chooses while it writes. */
export interface WritingSettings {
  /** What goes before; may be empty. */
  prompt: string;
  temperature: number;
  /** The seed of the next sample; each sample moves it on by one. */
  seed: number;
}

/** From the page to the worker. */
export type Command =
  | { type: 'useText'; source: TextSource }
  | { type: 'start'; settings: TrainingSettings }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'reset' }
  | { type: 'setWriting'; writing: WritingSettings }
  | { type: 'write' }
  | { type: 'save' }
  | { type: 'load'; file: File }
  /** @property savedAt of the model that was offered */
  | { type: 'pickUp'; savedAt: number };

/** From the worker to the page. */
export type Report =
  | { type: 'ready'; runtime: Runtime }
  | { type: 'text'; text: TextSummary }
  | { type: 'phase'; phase: Phase; activity: string }
  | { type: 'run'; run: RunSummary; history: LossPoint[]; step: number; epoch: number }
  | { type: 'reset' }
  | { type: 'progress'; points: LossPoint[]; epoch: number; charactersPerSecond: number }
  | { type: 'heldOut'; step: number; loss: number }
  /** The loss or a gradient is no number any more; the model is as it was after `step`. */
  | { type: 'diverged'; step: number }
  | { type: 'sample'; sample: Sample }
  | { type: 'saved'; bytes: Uint8Array<ArrayBuffer>; fileName: string }
  | { type: 'kept'; kept: KeptSummary | undefined }
  | { type: 'notice'; message: string }
  | { type: 'failed'; message: string }
  /** Nothing works any more. */
  | { type: 'broken'; message: string }
  /** The command is done with, whether it could be obeyed or not. */
  | { type: 'answered'; command: Command['type'] };

/** `busy`: at work on something else than training. `empty`: there is no model. */
export type Phase = 'empty' | 'busy' | 'running' | 'paused';

export interface TextSummary {
  name: string;
  /** How many code points: what a person counts, and what a model reads one by one. */
  characters: number;
  /** The first lines. */
  beginning: string;
  /** What the reader of the text should know: bytes replaced, a part left out. */
  remarks: string[];
}

/** A model, the text it learns, and what it has to beat. */
export interface RunSummary {
  settings: TrainingSettings;
  parameters: number;
  textName: string;
  vocabularySize: number;
  /** Every character that the model has a token for. */
  knownCharacters: string;
  trainingCharacters: number;
  heldOutCharacters: number;
  /** How many of the held-out characters the losses are taken over: the first ones. */
  scoredCharacters: number;
  baseline: { order: number; loss: number };
}

export interface Sample {
  id: number;
  step: number;
  prompt: string;
  text: string;
  temperature: number;
  seed: number;
  finished: boolean;
}

/** A model that this browser has kept from an earlier visit. */
export interface KeptSummary {
  settings: TrainingSettings;
  textName: string;
  step: number;
  /** Milliseconds since 1970. */
  savedAt: number;
}
