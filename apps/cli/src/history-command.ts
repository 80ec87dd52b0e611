import type { Command } from 'commander';
import type { Act } from './act.ts';
import { pathName, positiveInteger } from './option-types.ts';
import { json } from './shared-options.ts';

/** `ostinato history`. */
export function addHistoryCommand(program: Command, act: Act): void {
  program
    .command('history')
    .description('draw the curves of a training run')
    .argument('<folder>', 'a model that `lm train` made, or makes at the moment')
    .option('--width <n>', 'columns (the width of the terminal, else 80)', positiveInteger)
    .option('--tfevents <folder>', 'write the curves for TensorBoard into this folder, too', pathName)
    .addOption(json())
    .action(
      act(async (reporter, folder: string, options) => {
        const { showHistory } = await import('./history.ts');
        return showHistory(folder, options, reporter);
      }),
    );
}
