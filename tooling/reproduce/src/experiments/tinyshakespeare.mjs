import { characterModel } from '../character-model.mjs';

export default characterModel({
  title: 'Tiny Shakespeare, characters, five minutes',
  text: 'tinyshakespeare/input.txt',
  options: '--cell lstm --hidden 128 --minutes 5',
  floor: 'below 1.75',
  reference: 'nanoGPT, 10 M parameters: 1.4697',
  baseline: 'KenLM: 1.523',
});
