import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as tf from '@tensorflow/tfjs-core';
import { flattenParams, type ParamTree } from './params.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  SafetensorsError,
  type TensorData,
} from './safetensors.ts';
import { ArgumentError } from './shape.ts';

/** The tensors of a parameter file by path, and the text kept beside them. */
export interface LoadedParams {
  /** The caller disposes of them. */
  params: Map<string, tf.Tensor>;
  metadata: Record<string, string>;
}

/**
 * A parameter tree as a safetensors file, its paths as names. A SHA-256 of names, shapes and numbers goes into
 * the metadata, so that `loadParams` notices a changed byte.
 *
 * @param metadata text to keep beside the tensors; the names `format` and `sha256` are taken
 * @throws ArgumentError for a name that is taken, and for metadata that is no text
 */
export function saveParams(params: ParamTree, metadata: Record<string, string> = {}): Uint8Array {
  const taken = ['format', 'sha256'].find((name) => name in metadata);
  if (taken)
    throw new ArgumentError(
      `saveParams: \`metadata.${taken}\` is written by saveParams itself. Choose another name.`,
    );
  for (const [name, text] of Object.entries<unknown>(metadata)) {
    if (typeof text !== 'string')
      throw new ArgumentError(
        `saveParams: \`metadata.${name}\` is ${String(text)}, expected a string. Pass String(…) or JSON.stringify(…) of it.`,
      );
  }
  const tensors = new Map<string, TensorData>();
  for (const [path, tensor] of flattenParams(params)) {
    const { dtype, shape } = tensor;
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new SafetensorsError(
        `saveParams: \`${path}\` has dtype ${dtype}, expected float32, int32 or bool.`,
      );
    }
    tensors.set(path, { dtype, shape, values: tensor.dataSync() });
  }
  // The format's name says that a checksum belongs here, in case that a damaged byte hides it.
  const named = { ...metadata, format: 'ostinato' };
  return encodeSafetensors({ tensors, metadata: { ...named, sha256: digest({ tensors, metadata: named }) } });
}

/**
 * Reads a safetensors file into tensors. `fillParams` puts them into a tree. A file without a checksum (made by
 * another program) is read as it is.
 *
 * @param source the file's name, for messages
 * @throws SafetensorsError when the file is malformed or its checksum does not match
 */
export function loadParams(bytes: Uint8Array, source = 'params.safetensors'): LoadedParams {
  const { tensors, metadata: all } = decodeSafetensors(bytes, source);
  const { sha256: expected, ...named } = all;
  const ours = expected !== undefined || named.format === 'ostinato';
  if (ours && expected !== digest({ tensors, metadata: named })) {
    throw new SafetensorsError(
      `${source}: its content does not match its checksum. The file was damaged or changed after it was saved.`,
    );
  }
  const { format: _, ...metadata } = named;
  const params = new Map<string, tf.Tensor>();
  for (const [name, { values, shape, dtype }] of tensors)
    params.set(name, tf.tensor(values, [...shape], dtype));
  return { params, metadata };
}

function digest({ tensors, metadata }: Safetensors): string {
  const hash = sha256.create();
  const text = (value: unknown) => hash.update(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
  text(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const [name, { dtype, shape, values }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    text([name, dtype, shape]);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return bytesToHex(hash.digest());
}
