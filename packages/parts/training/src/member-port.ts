/** The end of a channel to another thread: a Web Worker or one of Node's, or what a worker sees of the thread that made it. */
export type MemberPort = WebPort | NodePort;

interface WebPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listen: (event: { data: unknown }) => void): void;
}

interface NodePort {
  postMessage(message: unknown): void;
  on(type: 'message', listen: (message: unknown) => void): unknown;
}

/** A thread that can be ended. */
export type TeamWorker = MemberPort & { terminate(): unknown };

export function onMessage<Message>(port: MemberPort, listen: (message: Message) => void): void {
  if ('on' in port) port.on('message', (message) => listen(message as Message));
  else port.addEventListener('message', ({ data }) => listen(data as Message));
}

/** Calls once when the thread ends or cannot go on. */
export function onLoss(worker: TeamWorker, lost: (why: string) => void): void {
  if ('on' in worker) {
    const events = worker as unknown as { on(type: string, listen: (cause: unknown) => void): void };
    events.on('error', (error) => lost((error as Error).message));
    events.on('exit', (code) => lost(`it ended with status ${code}`));
    return;
  }
  const events = worker as unknown as {
    addEventListener(type: string, listen: (event: { message?: string }) => void): void;
  };
  events.addEventListener('error', ({ message }) => lost(message ?? 'its module could not be loaded'));
  events.addEventListener('messageerror', () => lost('a message could not be read'));
}
