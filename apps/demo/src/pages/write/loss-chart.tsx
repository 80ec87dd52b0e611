import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { currentTheme } from '../../shell/theme.ts';
import { describeProgress } from './describe-progress.ts';
import type { WriteStore } from './write-store.ts';

const height = 260;

/** Training and held-out loss by step, against the n-gram model's. */
export function LossChart({ store }: { store: WriteStore }) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);

  useEffect(() => {
    const element = frame.current!;
    const plot = new uPlot(optionsFor(element), [[], [], [], []], element);
    chart.current = plot;
    plot.setData(dataOf(store));
    const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [store]);

  useSignalEffect(() => {
    const data = dataOf(store);
    chart.current?.setData(data);
  });
  useSignalEffect(() => {
    currentTheme();
    chart.current?.redraw(false);
  });

  return (
    <div
      class="chart"
      ref={frame}
      role="img"
      aria-label={`Chart of the loss by step. ${describeProgress(store)}`}
    />
  );
}

function dataOf({ history, run }: WriteStore): uPlot.AlignedData {
  const points = history.value;
  const baseline = run.value?.baseline.loss ?? null;
  return [
    points.map(({ step }) => step),
    points.map(({ training }) => training),
    points.map(({ heldOut }) => heldOut ?? null),
    points.map(() => baseline),
  ];
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name);
  const axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.max(0, low - 0.1), high + 0.1] } },
    axes: [
      { ...axis, label: 'step', labelSize: 20, size: 32 },
      { ...axis, label: 'nats per character', labelSize: 20, size: 40 },
    ],
    series: [
      {},
      { label: 'training', stroke: color('--training'), width: 2, points: { show: false } },
      {
        label: 'held out',
        stroke: color('--held-out'),
        width: 2,
        spanGaps: true,
        points: { show: true, size: 6, fill: color('--held-out') },
      },
      { label: 'baseline', stroke: color('--baseline'), width: 2, dash: [6, 5], points: { show: false } },
    ],
  };
}
