// A contestant for the tests.
import { serve } from './serve.mjs';

if (process.argv[2] === '--broken') throw new Error('this machine has no such thing');

await serve({
  title: 'counting',
  kinds: {
    sleep: ({ milliseconds }) => ({
      run() {
        const until = performance.now() + milliseconds;
        while (performance.now() < until);
      },
      sample: () => {
        console.log('chatter is no answer');
        return { slept: [milliseconds] };
      },
    }),
    fail: () => {
      throw new Error('no weights');
    },
  },
});
