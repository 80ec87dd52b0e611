import { Command } from 'commander';
import { actions } from './act.ts';
import { addHistoryCommand } from './history-command.ts';
import { addLmCommands } from './lm-commands.ts';
import { addNgramCommands } from './ngram-commands.ts';
import { addTokenizerCommands } from './tokenizer-commands.ts';

/**
 * The `ostinato` command. What a command needs is loaded when it is run, so that help comes at once. Actions set the
 * exit status through `done`.
 *
 * @param version of this package
 */
export function createProgram(version: string, done: (status: number) => void): Command {
  const program = new Command('ostinato')
    .description('Train, score and sample sequence models, from a shell.')
    .version(version)
    .showHelpAfterError('(--help shows the options)')
    .configureHelp({ showGlobalOptions: true });
  const act = actions(done);
  addLmCommands(program, act);
  addNgramCommands(program, act);
  addTokenizerCommands(program, act);
  addHistoryCommand(program, act);
  return program;
}
