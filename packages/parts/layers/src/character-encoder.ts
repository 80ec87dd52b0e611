import { checkLengths, checkTensor, type ParamTree, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkIds, type EmbeddingConfig, initEmbedding } from './embedding.ts';

/**
 * Reads the characters of a word into one vector: `convolutionReader` of this package, or `bidirectionalReader(lstm, …)`
 * of @ostinato/cells.
 */
export interface CharacterReader<Params extends ParamTree = ParamTree> {
  readonly name: string;
  init(inputSize: number, rng: Rng): Params;
  outputSize(params: Params): number;
  /** `inputs` is [words, characters, inputSize]; the result [words, outputSize], zeros for a word of no characters. */
  read(params: Params, inputs: tf.Tensor3D, lengths: ArrayLike<number>): tf.Tensor2D;
}

export type CharacterEncoderParams<Params extends ParamTree = ParamTree> = {
  /** [vocabularySize, embeddingSize] */
  table: tf.Tensor2D;
  reader: Params;
};

/** Turns the characters of words into vectors of words. */
export interface CharacterEncoder<Params extends ParamTree = ParamTree> {
  readonly name: string;
  /** @throws ArgumentError for sizes that are no positive integers */
  init(config: EmbeddingConfig, rng: Rng): CharacterEncoderParams<Params>;
  outputSize(params: CharacterEncoderParams<Params>): number;
  /**
   * @param characterIds [batch, time, characters], int32: the characters of each word, filled up with any id
   * @param lengths      how many characters each word has, row by row: batch · time numbers; 0 for a word that is padding
   * @returns [batch, time, outputSize]; zeros for a word of no characters
   * @throws ShapeError or ArgumentError for ids or lengths that do not fit
   */
  encode(
    params: CharacterEncoderParams<Params>,
    characterIds: tf.Tensor3D,
    lengths: ArrayLike<number>,
  ): tf.Tensor3D;
}

/**
 * Words from their characters: what a word list does not have still has a spelling.
 *
 * ```ts
 * const encoder = characterEncoder(convolutionReader({ windows: [{ size: 3, count: 30 }] })); // Ma & Hovy 2016
 * const params = encoder.init({ vocabularySize: 100, embeddingSize: 30 }, rng);
 * const words = encoder.encode(params, characterIds, lengths); // [batch, time, 30]
 * ```
 *
 * With `bidirectionalReader(lstm, { hiddenSize: 25 })` of @ostinato/cells it is the encoder of Lample et al. 2016.
 */
export function characterEncoder<Params extends ParamTree>(
  reader: CharacterReader<Params>,
): CharacterEncoder<Params> {
  return {
    name: `characterEncoder(${reader.name})`,

    init(config, rng) {
      const { table } = initEmbedding(config, rng);
      try {
        return { table, reader: reader.init(config.embeddingSize, rng) };
      } catch (error) {
        table.dispose();
        throw error;
      }
    },

    outputSize: (params) => reader.outputSize(params.reader),

    encode({ table, reader: params }, characterIds, lengths) {
      checkTensor('characterEncoder', 'characterIds', characterIds, ['batch', 'time', 'characters']);
      const [batch, time, characters] = characterIds.shape;
      checkLengths('characterEncoder', lengths, batch * time, characters);
      checkIds('characterEncoder', characterIds, table.shape[0]);
      return tf.tidy(() => {
        const words = tf.reshape(characterIds, [batch * time, characters]);
        const vectors = tf.gather(table, words) as unknown as tf.Tensor3D;
        return tf.reshape(reader.read(params, vectors, lengths), [batch, time, -1]) as tf.Tensor3D;
      });
    },
  };
}
