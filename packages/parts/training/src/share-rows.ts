/** Sequences to a step of the kernels: a share of fewer costs as much. */
const tile = 4;

/**
 * How many sequences each share of a batch has, the largest shares first: a large one for each member, and a small one, of an eighth
 * or a quarter of its part but four sequences at least, that whoever is free sooner takes. Members of the same speed end together;
 * unless one is only half as quick, nobody waits for longer than a small share takes. (A step of factoring, Hummel, Schonberg & Flynn 1992,
 * https://doi.org/10.1145/135226.135232; more of them cost more than they even out.)
 */
export function shareRows(rows: number, members: number): number[] {
  if (members === 1) return [rows];
  const small = tile * Math.max(1, Math.round(rows / members / (8 * tile)));
  const parts = Array.from({ length: members }, (_, i) => {
    const part = Math.ceil(((i + 1) * rows) / members) - Math.ceil((i * rows) / members);
    const last = small * (1 + (i % 2));
    return part > 2 * last ? [part - last, last] : [part];
  });
  return parts
    .flat()
    .filter((part) => part > 0)
    .sort((a, b) => b - a);
}
