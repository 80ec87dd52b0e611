import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { extendHistory, type LossPoint, noteHeldOut } from '../../worker/loss-history.ts';
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

/** What the page shows, and how it asks the worker for more. */
export interface WriteStore {
  /** `pausing`: the worker obeys when the step under way has ended, which may take long. */
  phase: Signal<Phase | 'starting' | 'pausing' | 'broken'>;
  activity: Signal<string>;
  text: Signal<TextSummary | undefined>;
  settings: Signal<TrainingSettings>;
  writing: Signal<WritingSettings>;
  run: Signal<RunSummary | undefined>;
  history: Signal<readonly LossPoint[]>;
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
  send(command: Command): void;
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
  const store: WriteStore = {
    phase: signal('starting'),
    activity: signal('Starting…'),
    text: signal(undefined),
    settings: signal(defaultSettings),
    writing: signal({ prompt: '', temperature: 0.7, seed: 1 }),
    run: signal(undefined),
    history,
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
      store.error.value = undefined;
      if (command.type === 'pause' && store.phase.value === 'running') store.phase.value = 'pausing';
      send(command);
    },
    setWriting(change) {
      store.writing.value = { ...store.writing.value, ...change };
      send({ type: 'setWriting', writing: store.writing.value });
    },
    apply: (report) => batch(() => apply(store, report)),
    fail(message) {
      store.phase.value = 'broken';
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
      if (report.phase === 'running') store.divergedAfter.value = undefined;
      return;
    case 'run':
      store.run.value = report.run;
      store.settings.value = report.run.settings;
      store.history.value = report.history;
      store.divergedAfter.value = undefined;
      store.epoch.value = report.epoch;
      store.charactersPerSecond.value = 0;
      store.samples.value = [];
      store.notice.value = undefined;
      return;
    case 'reset':
      store.run.value = undefined;
      store.history.value = [];
      store.divergedAfter.value = undefined;
      store.epoch.value = 0;
      store.charactersPerSecond.value = 0;
      store.samples.value = [];
      store.notice.value = undefined;
      return;
    case 'progress':
      store.history.value = extendHistory(store.history.value, report.points);
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
        store.writing.value = { ...store.writing.value, seed: report.sample.seed + 1 };
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
  }
}
