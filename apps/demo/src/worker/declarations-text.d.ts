declare module 'virtual:declarations-text' {
  /** The declarations of ECMAScript that TypeScript brings, as one text. */
  const text: string;
  export default text;
}
