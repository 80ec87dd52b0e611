import { characterModel } from '../character-model.mjs';

/** Cut 80/10/10 by position. */
export default characterModel({
  title: 'War and Peace, characters, an hour',
  text: 'warpeace/train.txt.gz',
  valid: 'warpeace/dev.txt.gz',
  options:
    '--cell lstm --hidden 256 --layers 2 --dropout 0.05 --input-dropout 0 --batch 32 --learning-rate 0.006 --warmup 200 --schedule cosine --epochs 10 --workers 2',
  floor: 'at most 1.25, within an hour',
  reference: 'Karpathy et al. 2015, the last tenth: about 1.1 to 1.2 for 256 to 512 units (from memory)',
});
