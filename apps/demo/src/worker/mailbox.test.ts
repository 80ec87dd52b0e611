import { expect, test } from 'vitest';
import { createMailbox, nextTask } from './mailbox.ts';

test('gives messages out in the order they came', async () => {
  const mailbox = createMailbox<number>();
  mailbox.put(1);
  mailbox.put(2);
  expect(mailbox.isEmpty).toBe(false);
  expect([await mailbox.take(), await mailbox.take()]).toEqual([1, 2]);
  expect(mailbox.isEmpty).toBe(true);
});

test('waits for a message', async () => {
  const mailbox = createMailbox<string>();
  const taken = mailbox.take();
  await nextTask();
  mailbox.put('late');
  expect(await taken).toBe('late');
});

test('nextTask lets a task that waits run first', async () => {
  const { port1, port2 } = new MessageChannel();
  const order: string[] = [];
  const arrived = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      order.push('message');
      port1.close();
      resolve();
    };
  });
  port2.postMessage('x');
  await nextTask();
  await arrived;
  order.push('next');
  expect(order).toEqual(['message', 'next']);
});
