import { count, nats, perplexityText } from './format.ts';
import type { WriteStore } from './write-store.ts';

const mostRows = 12;

/** The last measurements on held-out text, for those who do not see the chart. */
export function LossTable({ store: { history } }: { store: WriteStore }) {
  const rows = history.value
    .filter(({ heldOut }) => heldOut !== undefined)
    .slice(-mostRows)
    .reverse();
  return (
    <details>
      <summary>The figures as a table</summary>
      <table>
        <caption class="visually-hidden">Losses by step in nats per character, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Training</th>
            <th scope="col">Held out</th>
            <th scope="col">Perplexity</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ step, training, heldOut }) => (
            <tr key={step}>
              <th scope="row">{count(step)}</th>
              <td>{nats(training)}</td>
              <td>{nats(heldOut!)}</td>
              <td>{perplexityText(Math.exp(heldOut!))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
