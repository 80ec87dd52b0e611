import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { fallbackDiscount } from './discounts.ts';
import { kneserNey } from './kneser-ney.ts';
import { perplexity, scoreStream } from './score.ts';
import { encodeSentences, splitSentences } from './sentences.ts';
import { sparsity } from './sparsity.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

test('counts what was seen, order by order', async () => {
  const vocabulary = new Vocabulary(arpaTokens);
  const text = splitSentences(['a b\na b\nb a\na c\n']);
  const counts = await countNgrams(encodeSentences(text, vocabulary, { grow: true }), {
    order: 3,
    vocabulary,
  });
  const heldOut = () => encodeSentences(splitSentences(['a b a\na zebra\n']), vocabulary);
  const rows = await sparsity(counts, heldOut());

  // a, b, c, </s>; once: c. Held out: a b a </s> a <unk> </s>, of which <unk> was never seen
  expect(rows[0]).toMatchObject({ order: 1, distinct: 4, seenOnce: 1, heldOut: 7, heldOutSeen: 6 });
  // <s>a 3, ab 2, b</s> 2, <s>b, ba, ac, a</s>, c</s>. Held out: <s>a ab ba a</s> | <s>a a<unk> <unk></s>
  expect(rows[1]).toMatchObject({ order: 2, distinct: 8, seenOnce: 5, heldOut: 7, heldOutSeen: 5 });
  // <s>ab 2, ab</s> 2, <s>ba, ba</s>, <s>ac, ac</s>. Held out: <s>ab aba ba</s> | <s>a<unk> a<unk></s>
  expect(rows[2]).toMatchObject({
    order: 3,
    distinct: 6,
    seenOnce: 4,
    heldOut: 5,
    heldOutSeen: 2,
    coverage: 2 / 5,
  });

  for (const { order, perplexity: found } of rows) {
    const again = new Vocabulary(arpaTokens);
    const ids = encodeSentences(splitSentences(['a b\na b\nb a\na c\n']), again, { grow: true });
    const model = kneserNey(await countNgrams(ids, { order, vocabulary: again }), {
      fallback: fallbackDiscount,
    });
    expect(found).toBeCloseTo(perplexity(await scoreStream(model, heldOut())), 12);
  }
});
