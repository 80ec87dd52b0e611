import type { SavedModel } from './model-file.ts';
import type { PreparedText } from './prepared-text.ts';

// Rounded down: 99.9% unknown is not all of it.
const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  maximumSignificantDigits: 2,
  roundingMode: 'trunc',
});

/** What the visitor should know when a saved model goes on with a text; nothing if it is the one it has learned. */
export function describeContinuation(
  saved: Pick<SavedModel, 'textName' | 'hasLearned'>,
  text: PreparedText,
): string | undefined {
  const hasLearned = saved.hasLearned(text);
  if (hasLearned) return undefined;
  const past =
    hasLearned === undefined
      ? `This model has learned “${saved.textName}”; whether that is the same text cannot be told here.`
      : `This model has learned another text, “${saved.textName}”.`;
  return `${past} Training would go on with “${text.name}”${unknownPart(text)}.`;
}

function unknownPart({ tokenizer, training, heldOut }: PreparedText): string {
  const unknown = tokenizer.countUnknown(training) + tokenizer.countUnknown(heldOut);
  if (unknown === 0) return '';
  const share = unknown / (training.length + heldOut.length);
  return `, of which ${percent.format(share)} of the characters are unknown to it`;
}
