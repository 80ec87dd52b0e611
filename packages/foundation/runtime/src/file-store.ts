/**
 * A small flat folder of named files: a directory in Node, a database in a browser, memory in a test. What a
 * model directory or a checkpoint is written to and read from.
 */
export interface FileStore {
  /** What it is called in messages, such as a path. */
  readonly name: string;
  /** The file's bytes, or undefined when there is none of that name. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Writes the whole file or nothing: a reader sees the old bytes or the new ones. */
  write(file: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; one that does not exist is no error. */
  remove(file: string): Promise<void>;
}

/** A store in memory. */
export function memoryStore(name = 'memory'): FileStore {
  const files = new Map<string, Uint8Array>();
  return {
    name,
    read: async (file) => files.get(file)?.slice(),
    write: async (file, bytes) => void files.set(file, bytes.slice()),
    remove: async (file) => void files.delete(file),
  };
}
