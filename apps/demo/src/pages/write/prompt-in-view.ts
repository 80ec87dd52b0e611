const most = 200;

/** A prompt as it stands before a sample: of a long one the end, which the sample goes on from. */
export function promptInView(prompt: string): string {
  const characters = [...prompt];
  return characters.length <= most ? prompt : `…${characters.slice(-most).join('')}`;
}
