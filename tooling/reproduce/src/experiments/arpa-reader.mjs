import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from '../ostinato.mjs';

/** By the names of the golden models: how they are trained here. */
const models = {
  o1: '--order 1',
  o2: '--order 2',
  o3: '--order 3',
  o4: '--order 4',
  o5: '--order 5',
  'o3.prune012': '--order 3 --prune 0,1,2',
};

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'ARPA files in the hands of a stranger: CMU Sphinx',
  command:
    'ostinato ngram train corpus.txt --order 3 --out model.arpa; sphinx_lm_eval -lm model.arpa -lsn heldout.lsn; ostinato ngram score model.arpa heldout.txt',
  async run(data) {
    if (spawnSync('sphinx_lm_eval').error)
      throw new Error('There is no sphinx_lm_eval here. Debian has it: apt install sphinxbase-utils.');
    const golden = join(data, '../golden/kenlm');
    const heldOut = join(golden, 'heldout.txt');
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const started = performance.now();
    try {
      const transcript = join(folder, 'heldout.lsn');
      const lines = readFileSync(heldOut, 'utf8').trimEnd().split('\n');
      writeFileSync(transcript, lines.map((line) => `<s> ${line} </s>\n`).join(''));
      const rows = [];
      for (const [name, options] of Object.entries(models)) {
        const path = join(folder, `${name}.arpa`);
        ostinato('ngram', 'train', join(golden, 'corpus.txt'), ...options.split(' '), '--out', path);
        const ours = ostinato('ngram', 'score', path, heldOut);
        const theirs = sphinx(path, transcript);
        rows.push(
          {
            ...{
              measure: `${options}: perplexity without unknown words`,
              value: ours.perplexityKnown,
              digits: 3,
            },
            ...{ floor: 'within 0.02 %', reference: `Sphinx: ${theirs.perplexity.toFixed(3)}` },
          },
          {
            ...{ measure: `${options}: unknown words`, value: ours.unknown, digits: 0 },
            reference: `Sphinx: ${theirs.unknown}`,
          },
        );
      }
      return { rows, seconds: (performance.now() - started) / 1000 };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** What `sphinx_lm_eval` finds; it keeps logarithms to the base 1.0001, as whole numbers. */
function sphinx(model, transcript) {
  const { status, stdout, stderr } = spawnSync('sphinx_lm_eval', ['-lm', model, '-lsn', transcript], {
    encoding: 'utf8',
  });
  const [, perplexity] = /perplexity: (\S+)/.exec(stdout) ?? [];
  const [, unknown] = /(\d+) OOVs/.exec(stdout) ?? [];
  if (status !== 0 || !perplexity || !unknown) throw new Error(`sphinx_lm_eval: ${stderr}`);
  return { perplexity: Number(perplexity), unknown: Number(unknown) };
}
