import { startRuntime } from '@ostinato/runtime';
import { NonFiniteError } from '@ostinato/training';
import { describeContinuation } from './describe-continuation.ts';
import { Keeper } from './keeper.ts';
import { keptModel } from './kept-model.ts';
import { type LearnedText, readText, summarizeText } from './learned-text.ts';
import type { LossPoint } from './loss-history.ts';
import { nextTask } from './mailbox.ts';
import { readModel, type SavedModel, saveModel } from './model-file.ts';
import { nextSeed } from './next-seed.ts';
import { Pace } from './pace.ts';
import { prepareText } from './prepared-text.ts';
import type { Command, Report, TextSource, TrainingSettings, WritingSettings } from './protocol.ts';
import { Run, type RunStep } from './run.ts';

/** Everything the worker holds, and what it does on command: one thing at a time. */
export class Studio {
  readonly #report: (report: Report, transfer?: Transferable[]) => void;
  readonly #isCalled: () => boolean;
  readonly #keeper: Keeper;
  #text: LearnedText | undefined;
  #textIsOwn = false;
  #run: Run | undefined;
  #isTraining = false;
  #writing: WritingSettings = { prompt: '', temperature: 0.7, seed: 1 };
  #samples = 0;
  #unsent: LossPoint[] = [];
  #charactersPerSecond = 0;
  #paces = startPaces();

  /** @param isCalled whether a command waits, for which what can be done later is broken off */
  constructor(
    report: (report: Report, transfer?: Transferable[]) => void,
    isCalled: () => boolean = () => false,
  ) {
    this.#report = report;
    this.#isCalled = isCalled;
    this.#keeper = new Keeper(report);
  }

  get isTraining(): boolean {
    return this.#isTraining;
  }

  /**
   * Ready it is after the first text, which is the page's first command.
   *
   * @throws Error whose message is for the visitor, when nothing can be computed here
   */
  async open(): Promise<void> {
    const runtime = await startRuntime().catch((cause) => {
      throw new Error(
        'The models cannot run in this browser as it is. Reload the page; if that does not help, try a newer browser or another one.',
        { cause },
      );
    });
    this.#report({ type: 'ready', runtime });
    // Not awaited: a storage that is held up may never answer, and all else goes without.
    void this.#keeper.find();
  }

  /** @throws Error whose message is for the visitor; what there was before stays */
  async obey(command: Command): Promise<void> {
    try {
      await this.#do(command);
    } finally {
      this.#report({ type: 'answered', command: command.type });
    }
  }

  async #do(command: Command): Promise<void> {
    switch (command.type) {
      case 'useText':
        return await this.#useText(command.source);
      case 'start':
        return await this.#start(command.settings);
      case 'pause':
        return await this.#pause();
      case 'resume':
        if (this.#run) this.#train(this.#run);
        return;
      case 'reset':
        return this.#reset();
      case 'setWriting':
        this.#writing = command.writing;
        return;
      case 'write':
        return await this.#write();
      case 'save':
        return await this.#save();
      case 'load':
        return await this.#load(command.file);
      case 'pickUp':
        return await this.#pickUp(command.savedAt);
    }
  }

  /** One step of training, and what is due after it. */
  async step(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    const taken = await this.#tryStep(run);
    if (!taken) return;
    const { point, tokensPerSecond } = taken;
    this.#charactersPerSecond = 0.9 * (this.#charactersPerSecond || tokensPerSecond) + 0.1 * tokensPerSecond;
    this.#unsent.push(point);
    await this.#whenDue('progress', () => this.#sendProgress());
    await this.#whenDue('heldOut', () => this.#scoreHeldOut(run));
    await this.#whenDue('sample', () => this.#write());
    await this.#whenDue('keep', () => this.#keeper.keep(run, this.#textIsOwn));
    await nextTask();
  }

  /** After an error while training: the run stays, and can be saved. */
  halt(): void {
    this.#isTraining = false;
    if (this.#unsent.length > 0) this.#sendProgress();
    this.reportPhase();
  }

  /** Nothing if the training has diverged, which halts it. */
  async #tryStep(run: Run): Promise<RunStep | undefined> {
    try {
      return await run.step();
    } catch (error) {
      if (!(error instanceof NonFiniteError)) throw error;
      this.halt();
      this.#report({ type: 'diverged', step: run.state.step });
      return undefined;
    }
  }

  async #useText(source: TextSource): Promise<void> {
    this.#busy('Reading the text…');
    this.#text = await readText(source);
    this.#textIsOwn = source.kind !== 'declarations';
    this.#report({ type: 'text', text: summarizeText(this.#text) });
    this.reportPhase();
  }

  async #start(settings: TrainingSettings): Promise<void> {
    if (!this.#text) throw new Error('There is no text to learn yet. Choose one first.');
    this.#busy('Counting 5-grams for the baseline…');
    await nextTask();
    const text = await prepareText(this.#text);
    this.#replaceRun(Run.start(settings, text));
    this.#train(this.#run!);
  }

  #train(run: Run): void {
    this.#paces = startPaces();
    this.#charactersPerSecond = 0;
    this.#isTraining = run === this.#run;
    this.reportPhase();
  }

  async #pause(): Promise<void> {
    if (!this.#run || !this.#isTraining) return;
    this.#isTraining = false;
    this.#sendProgress();
    this.reportPhase();
    await this.#keeper.keep(this.#run, this.#textIsOwn);
  }

  #reset(): void {
    this.#isTraining = false;
    this.#run?.dispose();
    this.#run = undefined;
    this.#unsent = [];
    this.#report({ type: 'reset' });
    this.reportPhase();
  }

  #sendProgress(): void {
    const { epoch } = this.#run!.state;
    this.#report({
      type: 'progress',
      points: this.#unsent,
      epoch,
      charactersPerSecond: this.#charactersPerSecond,
    });
    this.#unsent = [];
  }

  async #scoreHeldOut(run: Run): Promise<void> {
    const loss = await run.scoreHeldOut(async () => {
      await nextTask();
      if (this.#isCalled()) throw new BrokenOff();
    });
    this.#report({ type: 'heldOut', step: run.state.step, loss });
  }

  async #write(): Promise<void> {
    if (!this.#run) throw new Error('There is no model that could write yet. Start training, or load one.');
    const { prompt, temperature, seed } = this.#writing;
    const sample = { id: ++this.#samples, step: this.#run.state.step, prompt, temperature, seed };
    this.#writing = { ...this.#writing, seed: nextSeed(seed) };
    let text = '';
    let shown = performance.now();
    for (const characters of this.#run.write({ prompt, temperature, seed })) {
      text += characters;
      if (performance.now() - shown < 40) continue;
      this.#report({ type: 'sample', sample: { ...sample, text, finished: false } });
      shown = performance.now();
    }
    this.#report({ type: 'sample', sample: { ...sample, text, finished: true } });
  }

  async #save(): Promise<void> {
    if (!this.#run) throw new Error('There is no model to save yet. Start training first.');
    const { settings, state } = this.#run;
    const bytes = await saveModel(this.#run);
    const fileName = `ostinato-${settings.cell}-${settings.hiddenSize}-step-${state.step}.safetensors`;
    await this.#keeper.keep(this.#run, this.#textIsOwn);
    this.#report({ type: 'saved', bytes, fileName }, [bytes.buffer]);
  }

  async #load(file: File): Promise<void> {
    await this.#restore(new Uint8Array(await file.arrayBuffer()), file.name);
  }

  async #pickUp(savedAt: number): Promise<void> {
    const kept = await keptModel();
    if (kept?.summary.savedAt !== savedAt) {
      this.#report({ type: 'kept', kept: kept?.summary });
      throw new Error(
        kept
          ? 'Another tab has kept another model meanwhile. That one is offered now: pick it up if it is the one you want.'
          : 'The model that was offered is gone from this browser.',
      );
    }
    this.#busy('Reading the text…');
    this.#text = kept.text ?? (await readText({ kind: 'declarations' }));
    this.#textIsOwn = kept.text !== undefined;
    this.#report({ type: 'text', text: summarizeText(this.#text) });
    await this.#restore(kept.file, 'the kept model');
  }

  async #restore(bytes: Uint8Array, name: string): Promise<void> {
    if (!this.#text) throw new Error('There is no text to go on with yet. Choose one first.');
    this.#busy('Reading the model, counting 5-grams…');
    const saved = await readModel(bytes, name);
    const run = await this.#continue(saved, this.#text);
    this.#replaceRun(run);
    const message = describeContinuation(saved, run.text);
    if (message !== undefined) this.#report({ type: 'notice', message });
    this.reportPhase();
  }

  async #continue(saved: SavedModel, text: LearnedText): Promise<Run> {
    try {
      return saved.continueWith(await prepareText(text, saved.tokenizer));
    } catch (error) {
      saved.dispose();
      throw error;
    }
  }

  #replaceRun(run: Run): void {
    this.#run?.dispose();
    this.#run = run;
    this.#isTraining = false;
    this.#unsent = [];
    this.#keeper.beginAnew();
    const { step, epoch } = run.state;
    this.#report({ type: 'run', run: run.summary, history: run.history, step, epoch });
  }

  async #whenDue(name: keyof ReturnType<typeof startPaces>, work: () => void | Promise<void>): Promise<void> {
    const started = performance.now();
    if (this.#isCalled() || !this.#paces[name].isDue(started)) return;
    try {
      await work();
    } catch (error) {
      // Due as before, it comes again after the next step.
      if (error instanceof BrokenOff) return;
      throw error;
    }
    this.#paces[name].done(started, performance.now());
  }

  #busy(activity: string): void {
    this.#report({ type: 'phase', phase: 'busy', activity });
  }

  /** What it is at now, after whatever it was busy with. */
  reportPhase(): void {
    this.#report({
      type: 'phase',
      phase: !this.#run ? 'empty' : this.#isTraining ? 'running' : 'paused',
      activity: '',
    });
  }
}

/** Thrown where work makes way for a command. */
class BrokenOff extends Error {}

function startPaces() {
  const now = performance.now();
  return {
    progress: new Pace({ first: 0, every: 100 }, now),
    heldOut: new Pace({ first: 2000, every: 4000, share: 0.12 }, now),
    sample: new Pace({ first: 3000, every: 6000, share: 0.08 }, now),
    keep: new Pace({ first: 5000, every: 30_000, share: 0.05 }, now),
  };
}
