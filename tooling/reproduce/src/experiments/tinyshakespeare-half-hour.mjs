import { characterModel } from '../character-model.mjs';

export default characterModel({
  title: 'Tiny Shakespeare, characters, half an hour',
  text: 'tinyshakespeare/input.txt',
  options:
    '--cell lstm --hidden 256 --dropout 0.2 --batch 16 --learning-rate 0.004 --warmup 200 --schedule cosine --epochs 10',
  floor: 'at most 1.55, within 30 minutes',
  reference: 'nanoGPT, 10 M parameters: 1.4697; char-rnn 2 × 128: 1.5 to 1.6',
  baseline: 'KenLM: 1.523',
});
