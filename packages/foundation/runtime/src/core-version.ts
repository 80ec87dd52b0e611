/** What `peerDependencies` ask for; an install can be forced past them. */
const [major, minor] = [4, 22];

/** @throws Error for a tfjs-core that lacks what this package builds on: it would fail later, in words that nobody understands */
export function checkCoreVersion(version: string): void {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  if (itsMajor === major && itsMinor >= minor) return;
  throw new Error(
    `startRuntime: this program has @tensorflow/tfjs-core ${version}, expected ${major}.${minor} or a later ${major}. ` +
      `Install it: npm i @tensorflow/tfjs-core@^${major}.${minor}.0`,
  );
}
