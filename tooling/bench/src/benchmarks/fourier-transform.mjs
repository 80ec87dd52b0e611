/** A power of two, a length that factors, and a prime, which goes by Bluestein's way. */
const lengths = [512, 400, 509];
const batch = 100;
const contestants = ['plain', 'pytorch'];

export default {
  title: `Fourier transform of ${batch} complex signals`,
  unit: 'µs',
  entries: lengths.flatMap((length) =>
    contestants.map((contestant) => ({
      id: `${length} long, ${contestant}`,
      contestant,
      label: `${length} long`,
      work: { kind: 'fourier', batch, length },
      amount: 1,
      compareWith: `${length} long, plain`,
    })),
  ),
  ratios: lengths.map((length) => ({
    measure: `${length} long: plain against PyTorch`,
    of: `${length} long, plain`,
    against: `${length} long, pytorch`,
  })),
};
