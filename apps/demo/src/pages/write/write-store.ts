import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { extendHistory, type LossPoint, noteHeldOut } from '../../worker/loss-history.ts';
import { nextSeed } from '../../worker/next-seed.ts';
import type {
  Command,
  KeptSummary,
  Phase,
  Report,
  RunSummary,
  Sample,
  TextSummary,
  TrainingSettings,
  WritingSettings,
} from '../../worker/protocol.ts';
import { download } from './download.ts';

/** How many samples stay on the page. */
const mostSamples = 8;

/** What the visitor asks for and waits for. */
type PageCommand = Exclude<Command, { type: 'setWriting' }>;

/** What the page shows, and how it asks the worker for more. */
export interface WriteStore {
  phase: Signal<Phase | 'starting' | 'broken'>;
  activity: Signal<string>;
  /** The command that was sent and is not yet answered: the worker ends its step first, which may take long. */
  pending: Signal<PageCommand['type'] | undefined>;
  /** Whether no command can be taken: another one is pending or under way, or the worker has stopped. */
  isBusy: ReadonlySignal<boolean>;
  text: Signal<TextSummary | undefined>;
  settings: Signal<TrainingSettings>;
  writing: Signal<WritingSettings>;
  run: Signal<RunSummary | undefined>;
  history: Signal<readonly LossPoint[]>;
  step: Signal<number>;
  epoch: Signal<number>;
  charactersPerSecond: Signal<number>;
  samples: Signal<readonly Sample[]>;
  kept: Signal<KeptSummary | undefined>;
  error: Signal<string | undefined>;
  notice: Signal<string | undefined>;
  /** The last step before the training diverged; undefined if it has not. */
  divergedAfter: Signal<number | undefined>;
  /** The last point, and the last one that was measured on held-out text. */
  latest: ReadonlySignal<{ point: LossPoint | undefined; heldOut: LossPoint | undefined }>;
  /** Nothing is sent while another command is pending, or when the worker has stopped. */
  send(command: PageCommand): void;
  setWriting(change: Partial<WritingSettings>): void;
  apply(report: Report): void;
  fail(message: string): void;
}

export const defaultSettings: TrainingSettings = {
  cell: 'gru',
  hiddenSize: 128,
  layers: 1,
  learningRate: 0.005,
  seed: 1,
};

/** @param send delivers a command to the worker */
export function createWriteStore(send: (command: Command) => void): WriteStore {
  const history = signal<readonly LossPoint[]>([]);
  const phase: WriteStore['phase'] = signal('starting');
  const pending: WriteStore['pending'] = signal(undefined);
  const store: WriteStore = {
    phase,
    activity: signal('Starting…'),
    pending,
    isBusy: computed(
      () => pending.value !== undefined || ['starting', 'busy', 'broken'].includes(phase.value),
    ),
    text: signal(undefined),
    settings: signal(defaultSettings),
    writing: signal({ prompt: '', temperature: 0.7, seed: 1 }),
    run: signal(undefined),
    history,
    step: signal(0),
    epoch: signal(0),
    charactersPerSecond: signal(0),
    samples: signal([]),
    kept: signal(undefined),
    error: signal(undefined),
    notice: signal(undefined),
    divergedAfter: signal(undefined),
    latest: computed(() => ({
      point: history.value.at(-1),
      heldOut: history.value.findLast(({ heldOut }) => heldOut !== undefined),
    })),
    send(command) {
      if (store.pending.value !== undefined || store.phase.value === 'broken') return;
      store.error.value = undefined;
      store.pending.value = command.type;
      send(command);
    },
    setWriting(change) {
      store.writing.value = { ...store.writing.value, ...change };
      send({ type: 'setWriting', writing: store.writing.value });
    },
    apply: (report) => batch(() => apply(store, report)),
    fail(message) {
      store.phase.value = 'broken';
      store.pending.value = undefined;
      store.error.value = message;
    },
  };
  return store;
}

function apply(store: WriteStore, report: Report): void {
  switch (report.type) {
    case 'ready':
      if (report.runtime.backend !== 'wasm' || !report.runtime.simd) {
        store.notice.value = 'This browser has no WebAssembly SIMD: training is many times slower here.';
      }
      return;
    case 'text':
      store.text.value = report.text;
      return;
    case 'phase':
      store.phase.value = report.phase;
      store.activity.value = report.activity;
      // Where a command leads to is its answer; the worker may still keep the model after that.
      if (report.phase !== 'busy') store.pending.value = undefined;
      if (report.phase === 'running') store.divergedAfter.value = undefined;
      return;
    case 'run':
      store.run.value = report.run;
      store.settings.value = report.run.settings;
      store.history.value = report.history;
      store.divergedAfter.value = undefined;
      store.step.value = report.step;
      store.epoch.value = report.epoch;
      store.charactersPerSecond.value = 0;
      store.samples.value = [];
      store.notice.value = undefined;
      return;
    case 'reset':
      store.run.value = undefined;
      store.history.value = [];
      store.divergedAfter.value = undefined;
      store.step.value = 0;
      store.epoch.value = 0;
      store.charactersPerSecond.value = 0;
      store.samples.value = [];
      store.notice.value = undefined;
      return;
    case 'progress':
      store.history.value = extendHistory(store.history.value, report.points);
      store.step.value = report.points.at(-1)?.step ?? store.step.value;
      store.epoch.value = report.epoch;
      store.charactersPerSecond.value = report.charactersPerSecond;
      return;
    case 'heldOut':
      store.history.value = noteHeldOut(store.history.value, report.step, report.loss);
      return;
    case 'diverged':
      store.divergedAfter.value = report.step;
      return;
    case 'sample':
      store.samples.value = [
        report.sample,
        ...store.samples.value.filter(({ id }) => id !== report.sample.id),
      ].slice(0, mostSamples);
      // A seed that the visitor has changed meanwhile stays.
      if (store.writing.value.seed === report.sample.seed) {
        store.writing.value = { ...store.writing.value, seed: nextSeed(report.sample.seed) };
      }
      return;
    case 'saved':
      download(report.bytes, report.fileName);
      return;
    case 'kept':
      store.kept.value = report.kept;
      return;
    case 'notice':
      store.notice.value = report.message;
      return;
    case 'failed':
      store.error.value = report.message;
      return;
    case 'broken':
      store.fail(report.message);
      return;
    case 'answered':
      if (store.pending.value === report.command) store.pending.value = undefined;
      return;
  }
}
