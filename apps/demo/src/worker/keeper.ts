import { describeNotKept } from './describe-not-kept.ts';
import { keepModel, keptModel } from './kept-model.ts';
import { saveModel } from './model-file.ts';
import type { Report } from './protocol.ts';
import type { Run } from './run.ts';

/** Keeps the model in this browser, so that a reload loses nothing. */
export class Keeper {
  readonly #report: (report: Report) => void;
  #storageAnswers = false;
  /** Whether it is worth trying with this run. */
  #keeps = true;

  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  /** Reports what an earlier visit has left. */
  async find(): Promise<void> {
    try {
      const kept = await keptModel();
      this.#keeps = true;
      this.#report({ type: 'kept', kept: kept?.summary });
    } catch (error) {
      this.#giveUp(error);
    } finally {
      this.#storageAnswers = true;
    }
  }

  /** With another model, which may be small enough. */
  beginAnew(): void {
    this.#keeps = true;
  }

  /** @param textIsOwn whether the text does not come with the page, and is kept, too */
  async keep(run: Run, textIsOwn: boolean): Promise<void> {
    if (!this.#keeps || run.state.step === 0) return;
    if (!this.#storageAnswers) return this.#giveUp(new Error('its storage does not answer'));
    const summary = {
      settings: run.settings,
      textName: run.text.name,
      step: run.state.step,
      savedAt: Date.now(),
    };
    const { name, text, remarks } = run.text;
    try {
      await keepModel({
        summary,
        file: await saveModel(run),
        text: textIsOwn ? { name, text, remarks } : undefined,
      });
      this.#report({ type: 'kept', kept: summary });
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    this.#keeps = false;
    this.#report({ type: 'notice', message: describeNotKept(error) });
  }
}
