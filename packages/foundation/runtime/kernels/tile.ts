import { loadLanes, storeLanes } from './vector';

/** Below so many words a call of memory.copy costs more than it saves. */
const SHORT: i32 = 64;

/** Copies `words` 4-byte words to where nothing of the source lies. */
function copyWords(target: usize, source: usize, words: i32): void {
  if (words >= SHORT) memory.copy(target, source, <usize>words << 2);
  else for (let j = 0; j < words; j += 4) storeLanes(target + (<usize>j << 2), loadLanes(source + (<usize>j << 2), words - j), words - j);
}

/** Writes `copies` of every block of `words` 4-byte words in a row: the block once, then what is there already, doubled. */
export function tile(target: usize, source: usize, blocks: i32, words: i32, copies: i32): void {
  const total = words * copies;
  for (let i = 0; i < blocks; i++) {
    if (words == 1) {
      const value = v128.load32_splat(source);
      for (let j = 0; j < total; j += 4) storeLanes(target + (<usize>j << 2), value, total - j);
    } else if (total > 0) {
      copyWords(target, source, words);
      for (let filled = words; filled < total; filled *= 2) {
        copyWords(target + (<usize>filled << 2), target, min(filled, total - filled));
      }
    }
    source += <usize>words << 2;
    target += <usize>total << 2;
  }
}
