/** The options of `ostinato lm score`, as the command line gives them. */
export interface LmScoreOptions {
  validFraction?: number;
  perToken?: boolean;
  cache?: number;
  cacheTheta: number;
  cacheWeight: number;
  dynamic?: number;
  dynamicWindow?: number;
  dynamicDecay: number;
  dynamicRms?: string;
  interpolate?: string;
  weight?: number;
  json?: boolean;
}

/** What is wrong with options that are right one by one; `undefined` if nothing is. */
export function scoreMisfit(options: LmScoreOptions, given: ReadonlySet<string>): string | undefined {
  const goesWith = (names: readonly (keyof LmScoreOptions)[], main: keyof LmScoreOptions) => {
    const stray = options[main] === undefined ? names.find((name) => given.has(name)) : undefined;
    return stray && `option '--${kebab(stray)}' goes with --${kebab(main)}`;
  };
  if (options.perToken && options.interpolate !== undefined && options.weight === undefined)
    return "option '--per-token' with --interpolate needs '--weight <w>', for the best one is known at the end only";
  return (
    goesWith(['cacheTheta', 'cacheWeight'], 'cache') ??
    goesWith(['dynamicWindow', 'dynamicDecay', 'dynamicRms'], 'dynamic') ??
    goesWith(['weight'], 'interpolate')
  );
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
