import { train } from './train.mjs';

const show = (result) => {
  document.querySelector('output').textContent = JSON.stringify(result);
};

if (location.hash === '#worker') {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => show(data);
} else {
  show(await train());
}
