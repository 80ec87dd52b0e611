import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tokenizer } from '@ostinato/tokenizers';
import { type ModelConfig, readConfig, readTokenizer, tokenizerDigest } from './model-directory.ts';
import { checkpointFile } from './run-folder.ts';
import { checkSameRun } from './same-run.ts';
import type { TrainOptions } from './train-options.ts';
import { UserError } from './user-error.ts';

/** The configuration of the run to resume; undefined where a run begins in a folder that holds none. */
export async function earlierRun(
  options: TrainOptions,
  given: ReadonlySet<string>,
): Promise<ModelConfig | undefined> {
  const { out, resume } = options;
  const earlier = await readConfig(out);
  if (earlier && !resume) {
    throw new UserError(
      `${out}: a model is here already. Go on with it by --resume, choose another --out, or remove the folder.`,
    );
  }
  if (earlier) {
    checkSameRun(out, earlier, options, given);
    return earlier;
  }
  if (resume) throw new UserError(`${out}: no model to resume here (there is no config.json).`);
  const stray = ['tokenizer.json', 'params.safetensors', checkpointFile].find((file) =>
    existsSync(join(out, file)),
  );
  if (stray !== undefined) {
    throw new UserError(
      `${out}: there is a ${stray} without a config.json here, perhaps of a run that was killed. Choose another --out, or remove the folder.`,
    );
  }
  return undefined;
}

/** The tokenizer of the run to resume; one that was given has to be the same. */
export async function earlierTokenizer(
  out: string,
  earlier: ModelConfig,
  given: Tokenizer | undefined,
  options: TrainOptions,
): Promise<Tokenizer> {
  if (given && tokenizerDigest(given) !== earlier.tokenizerSha256) {
    throw new UserError(
      `${out}: the run to resume has another tokenizer than ${options.tokenizer}. Leave --tokenizer out to go on with it, or train into another --out.`,
    );
  }
  return readTokenizer(out, earlier);
}
