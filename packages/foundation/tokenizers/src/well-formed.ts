const surrogate = /\p{Surrogate}/u;
const surrogates = /\p{Surrogate}/gu;

/** The text with U+FFFD for lone surrogates, as every UTF-8 encoder has it; all else stays at its place. */
export function wellFormed(text: string): string {
  return surrogate.test(text) ? text.replace(surrogates, '\uFFFD') : text;
}
