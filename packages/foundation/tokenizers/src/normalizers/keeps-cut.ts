import { AlignedText } from '../aligned-text.ts';
import type { CutCheck } from '../cuts.ts';
import { wellFormed } from '../well-formed.ts';
import type { Normalizer } from './normalizer.ts';
import { joining } from './unicode-form.ts';

const beginsJoining = new RegExp(`^${joining.source}`, 'u');
const endsInWhiteSpace = /\p{White_Space}$/u;

/**
 * Whether a cut before white space is one for the stages behind a normalizer too. They see what it makes of the
 * characters on both sides: of `´` a space and an accent, of U+200B nothing, of a space perhaps an underscore. What
 * joins the character before it cannot be asked about alone, and gives no cut.
 */
export function keepsCut(normalizer: Normalizer): CutCheck {
  const known = new Map<string, string>();
  const normal = (character: string): string => {
    let text = known.get(character);
    if (text === undefined) {
      text = normalizer.normalize(new AlignedText(wellFormed(character))).text;
      known.set(character, text);
    }
    return text;
  };
  return (before, after) => {
    if (beginsJoining.test(before)) return false;
    const [left, right] = [normal(before), normal(after)];
    if (left === '' || beginsJoining.test(left) || endsInWhiteSpace.test(left)) return false;
    return right.startsWith(' ') || right.startsWith(after);
  };
}
