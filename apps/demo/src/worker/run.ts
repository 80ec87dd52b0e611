import {
  generate,
  type LanguageModel,
  type LanguageModelParams,
  languageModel,
  score,
} from '@ostinato/language-model';
import { countParams, createRng, disposeParams } from '@ostinato/runtime';
import type { Tokenizer } from '@ostinato/tokenizers';
import {
  adam,
  chain,
  clipByGlobalNorm,
  fit,
  type Optimizer,
  startTraining,
  type TrainingState,
} from '@ostinato/training';
import { extendHistory, type LossPoint, MovingAverage, noteHeldOut } from './loss-history.ts';
import { asText, type PreparedText } from './prepared-text.ts';
import type { RunSummary, TrainingSettings, WritingSettings } from './protocol.ts';
import { textBatches } from './text-batches.ts';

/** How many characters a sample has after its prompt. */
const sampleLength = 320;

export interface RunStep {
  point: LossPoint;
  tokensPerSecond: number;
}

/** A model on its way through a text. */
export class Run {
  readonly settings: TrainingSettings;
  readonly text: PreparedText;
  readonly model: LanguageModel;
  history: LossPoint[];
  #state: TrainingState<LanguageModelParams>;
  readonly #optimizer: Optimizer;
  readonly #average: MovingAverage;
  #events: ReturnType<typeof fit<LanguageModelParams, unknown>> | undefined;

  /** @param state is taken over; `dispose` frees it */
  constructor(
    settings: TrainingSettings,
    text: PreparedText,
    state: TrainingState<LanguageModelParams>,
    history: LossPoint[] = [],
  ) {
    this.settings = settings;
    this.text = text;
    this.model = modelFor(settings, text.tokenizer.vocabulary.size);
    this.#optimizer = optimizerFor(settings);
    this.#state = state;
    this.#average = new MovingAverage(history.at(-1)?.training);
    this.history = history;
  }

  /** @throws ArgumentError naming a setting that does not fit */
  static start(settings: TrainingSettings, text: PreparedText): Run {
    const rng = createRng(settings.seed);
    const model = modelFor(settings, text.tokenizer.vocabulary.size);
    const optimizer = optimizerFor(settings);
    return new Run(settings, text, startTraining(model.init(rng.split()), optimizer, rng));
  }

  /** Its tensors are the run's, and gone after the next step. */
  get state(): TrainingState<LanguageModelParams> {
    return this.#state;
  }

  get summary(): RunSummary {
    const { name, tokenizer, training, heldOut, scored, baseline } = this.text;
    return {
      settings: this.settings,
      parameters: countParams(this.#state.params),
      textName: name,
      vocabularySize: tokenizer.vocabulary.size,
      knownCharacters: charactersOf(tokenizer),
      trainingCharacters: training.length,
      heldOutCharacters: heldOut.length,
      scoredCharacters: scored.length,
      baseline,
    };
  }

  /** @throws NonFiniteError when the loss or a gradient is no number any more; the run stays as it was */
  async step(): Promise<RunStep> {
    this.#events ??= fit({
      state: this.#state,
      loss: this.model.loss,
      optimizer: this.#optimizer,
      batches: textBatches(this.text.training, this.text.tokenizer.startId!),
      budget: { steps: Number.MAX_SAFE_INTEGER },
    });
    try {
      const { value: event } = await this.#events.next();
      if (event?.type !== 'step') throw new Error('The training came to its end.');
      this.#state = event.state;
      const point = { step: event.step, training: this.#average.add(event.loss) };
      this.history = extendHistory(this.history, [point]);
      return { point, tokensPerSecond: event.tokensPerSecond };
    } catch (error) {
      this.#events = undefined;
      throw error;
    }
  }

  /**
   * Mean nats per held-out character.
   *
   * @param pause awaited before each window; what it throws breaks the measurement off, and nothing is left behind
   */
  async scoreHeldOut(pause: () => Promise<void>): Promise<number> {
    const { scored, tokenizer } = this.text;
    const read = async (start: number, end: number) => {
      await pause();
      return scored.subarray(start, end);
    };
    const startId = tokenizer.startId!;
    const { totalNats, tokens } = await score(
      this.model,
      this.#state.params,
      { length: scored.length, read },
      { startId },
    );
    this.history = noteHeldOut(this.history, this.#state.step, totalNats / tokens);
    return totalNats / tokens;
  }

  /** Writes on after the prompt, character by character. The same seed writes the same. */
  *write({ prompt, temperature, seed }: WritingSettings): Generator<string, void, void> {
    const { tokenizer } = this.text;
    const { startId, unknownId } = tokenizer;
    const decoder = tokenizer.streamDecoder();
    const ids = generate(this.model, this.#state.params, {
      prompt: [startId!, ...tokenizer.encode(prompt, asText)],
      rng: createRng(seed),
      temperature,
      exclude: [startId!, unknownId!],
    });
    let left = sampleLength;
    for (const id of ids) {
      yield decoder.push(id);
      if (--left === 0) break;
    }
    const rest = decoder.end();
    if (rest !== '') yield rest;
  }

  dispose(): void {
    const { params, optimizerState, carried } = this.#state;
    for (const tree of [params, optimizerState, carried]) if (tree) disposeParams(tree);
  }
}

/** The tokens of a character tokenizer that are text. */
function charactersOf(tokenizer: Tokenizer): string {
  const isText = (id: number) => id !== tokenizer.unknownId && !tokenizer.isSpecial(id);
  return tokenizer.vocabulary.tokens.filter((_, id) => isText(id)).join('');
}

export function modelFor(
  { cell, hiddenSize, layers }: TrainingSettings,
  vocabularySize: number,
): LanguageModel {
  const embeddingSize = Math.min(64, hiddenSize);
  return languageModel({ vocabularySize, cell, layers, hiddenSize, embeddingSize, dropout: 0 });
}

export function optimizerFor({ learningRate }: TrainingSettings): Optimizer {
  return chain(clipByGlobalNorm(1), adam({ learningRate }));
}
