/** Messages in the order they came, taken out one at a time by a loop that waits for them. */
export interface Mailbox<Message> {
  readonly isEmpty: boolean;
  put(message: Message): void;
  take(): Promise<Message>;
}

export function createMailbox<Message>(): Mailbox<Message> {
  const waiting: Message[] = [];
  let wake: (() => void) | undefined;
  return {
    get isEmpty() {
      return waiting.length === 0;
    },
    put(message) {
      waiting.push(message);
      wake?.();
    },
    async take() {
      while (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return waiting.shift()!;
    },
  };
}

/** Lets the messages that have arrived meanwhile be delivered: a new task, without the 4 ms that timers take. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
