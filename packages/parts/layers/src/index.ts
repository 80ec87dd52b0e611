export { dropout } from './dropout.ts';
export { type EmbeddingConfig, type EmbeddingParams, embedding, initEmbedding } from './embedding.ts';
export { initLinear, type LinearConfig, type LinearParams, linear } from './linear.ts';
