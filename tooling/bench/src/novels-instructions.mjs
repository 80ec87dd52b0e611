// Estimates a model of a share of the novels, or only reads them: a process whose instructions are counted from outside.
import { novelLines } from './novels.mjs';
import { estimateNovels } from './novels-model.mjs';

const [share, until] = process.argv.slice(2);
const text = novelLines('train', Number(share));
if (until === 'model') {
  const model = await estimateNovels([text]);
  console.log(model.trie.token.length);
}
