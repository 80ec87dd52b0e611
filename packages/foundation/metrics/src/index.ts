export { bitsPerCharacter, perplexity } from './perplexity.ts';
