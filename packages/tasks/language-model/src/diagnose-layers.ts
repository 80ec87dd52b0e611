import { type Diagnosis, diagnose, unroll } from '@ostinato/cells';
import { embedding } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { cellNamed } from './config.ts';
import type { LanguageModel, LanguageModelParams } from './language-model.ts';

/**
 * What `diagnose` of @ostinato/cells shows of each layer at work on a text, the first layer first, without dropout: how far back
 * the gradient of its last output goes, and which of its gates are stuck. Costs some ten training steps of that text.
 *
 * @param tokenIds [batch, time], int32
 */
export function diagnoseLayers(
  model: LanguageModel,
  params: LanguageModelParams,
  tokenIds: tf.Tensor2D,
): Diagnosis[] {
  const cell = cellNamed(model.config.cell);
  const time = tokenIds.shape[1];
  let inputs = tf.tidy(() => embedding(params.embedding, tokenIds)) as tf.Tensor3D;
  const diagnoses: Diagnosis[] = [];
  for (const layer of params.recurrent.layers) {
    diagnoses.push(
      diagnose(cell, layer, inputs, ({ outputs }) =>
        tf.sum(tf.slice(outputs, [0, time - 1, 0], [-1, 1, -1])),
      ),
    );
    const below = inputs;
    inputs = tf.tidy(() => unroll(cell, layer, below).outputs);
    below.dispose();
  }
  inputs.dispose();
  return diagnoses;
}
