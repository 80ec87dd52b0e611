import { characterModel } from './character-model.mjs';

/** War and Peace, cut 80/10/10 by position: every cell learns from the same text in the same way. */
export const warAndPeace = (cell, floor) =>
  characterModel({
    title: `War and Peace, characters: ${cell} 256`,
    text: 'warpeace/train.txt.gz',
    valid: 'warpeace/dev.txt.gz',
    options: `--cell ${cell} --hidden 256 --batch 16 --learning-rate 0.004 --warmup 200 --schedule cosine --epochs 14 --workers 2`,
    floor,
  });
