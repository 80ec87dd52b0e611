/** A stage of the pipeline: its `type`, and what that type needs. */
export type Component = { readonly type: string; readonly [option: string]: unknown };

/** Hugging Face's `tokenizer.json`, version 1.0: the whole pipeline in one object. */
export type TokenizerJson = {
  version: '1.0';
  truncation: Omit<Component, 'type'> | null;
  padding: Omit<Component, 'type'> | null;
  added_tokens: {
    id: number;
    content: string;
    single_word: boolean;
    lstrip: boolean;
    rstrip: boolean;
    normalized: boolean;
    special: boolean;
  }[];
  normalizer: Component | null;
  pre_tokenizer: Component | null;
  post_processor: Component | null;
  decoder: Component | null;
  model: Component;
};
