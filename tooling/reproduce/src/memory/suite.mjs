import { gru, lstm, rnn } from '@ostinato/cells';
import { adding, copying, ordering, reber } from './tasks.mjs';

/** `chrono` starts the gates for memories as long as the task (Tallec & Ollivier 2018); rnn has no gates. */
const gated = (span) => ({ chrono: span });

const share = { solved: (score) => score >= 0.99, goal: 'at least 0.99', digits: 3, better: Math.min };
const error = { solved: (score) => score < 0.01, goal: 'below 0.01', digits: 4, better: Math.max };

/** What Le, Jaitly & Hinton 2015 and Hochreiter & Schmidhuber 1997 report, for whom it is solved and for whom not. */
const addingTask = (time) => ({
  name: `adding, T = ${time}, squared error`,
  task: adding(time),
  ...error,
  span: time,
  fails: { rnn: 'stays at 0.167' },
  literature: {
    rnn: 'fails (Le et al. 2015)',
    lstm: 'solves (Hochreiter & Schmidhuber 1997)',
    gru: 'solves',
  },
});

/** What is learned, and what the literature says of it. */
export const suite = [
  addingTask(100),
  addingTask(200),
  addingTask(400),
  {
    name: 'copy, 5 of 4 symbols over 30 steps, right',
    task: copying(30, 5, 4),
    ...share,
    span: 40,
    fails: { rnn: 'stays at 0.25' },
    literature: {
      rnn: 'fails (Arjovsky et al. 2016)',
      lstm: 'solves, with chrono (Tallec & Ollivier 2018)',
      gru: 'solves',
    },
  },
  {
    name: 'temporal order, T = 100, right',
    task: ordering(100),
    ...share,
    span: 100,
    fails: { rnn: 'stays at 0.25' },
    literature: {
      rnn: 'fails (Bengio et al. 1994)',
      lstm: 'solves (Hochreiter & Schmidhuber 1997)',
      gru: 'solves',
    },
  },
  {
    name: 'embedded Reber, strings right',
    task: reber(),
    ...share,
    span: 12,
    // Elman nets, whose gradient is cut after one step, fail; the whole of it through a dozen steps is enough.
    fails: {},
    literature: {
      rnn: 'Elman nets with a cut gradient fail',
      lstm: 'solves (Hochreiter & Schmidhuber 1997)',
      gru: 'solves',
    },
  },
];

/** Each cell with its config for a span of steps. A higher learning rate makes rnn no better, and its error jump. */
export const contestants = [
  { cell: lstm, config: gated, learningRate: 0.005 },
  { cell: gru, config: gated, learningRate: 0.005 },
  { cell: rnn, config: () => ({}), learningRate: 0.001 },
];
