// Ostinato's n-gram models, on English novels from the data folder; no tensors, no runtime.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  encodeSentences,
  perplexity,
  readBinary,
  scoreStream,
  splitSentences,
  writeBinary,
} from '@ostinato/ngram';
import { novelLines } from '../novels.mjs';
import { estimateNovels } from '../novels-model.mjs';
import { serve } from '../serve.mjs';

await serve({ title: 'Ostinato', kinds: { estimate, score, size, peak } });

/** From the text to a model that can be asked. */
async function estimate({ share }) {
  const text = novelLines('train', share);
  let model;
  return {
    run: async () => {
      model = await estimateNovels([text]);
    },
    sample: async () => {
      model = await estimateNovels([text]);
      return share === 1 ? { perplexity: [await heldOutPerplexity(model)] } : {};
    },
  };
}

/** Ids to log probabilities; `binary` scores with the model that was read from its file. */
async function score({ binary }) {
  const estimated = await estimateNovels([novelLines('train', 1)]);
  const model = binary ? readBinary(writeBinary(estimated)) : estimated;
  const ids = await heldOutIds(model);
  return {
    run: () => scoreStream(model, ids),
    sample: async () => ({ perplexity: [perplexity(await scoreStream(model, ids))] }),
  };
}

/** Bytes of the binary file. */
async function size({ quantize }) {
  const model = await estimateNovels([novelLines('train', 1)]);
  const bytes = writeBinary(model, quantize && { quantize }).length;
  return { quantity: () => bytes, sample: async () => ({}) };
}

/** Resident bytes at their most, of a process that makes a model, over those of one that only loads the package. */
function peak({ until }) {
  const program = fileURLToPath(new URL('../novels-peak.mjs', import.meta.url));
  const most = (stage) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, stage], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the process that was watched ended with status ${status}: ${stderr}`);
    return Number(stdout);
  };
  return { quantity: () => most(until) - most('nothing'), sample: () => ({}) };
}

async function heldOutIds(model) {
  const ids = [];
  for await (const chunk of encodeSentences(splitSentences([novelLines('dev', 1)]), model.vocabulary))
    ids.push(chunk);
  return ids;
}

async function heldOutPerplexity(model) {
  return perplexity(await scoreStream(model, await heldOutIds(model)));
}
