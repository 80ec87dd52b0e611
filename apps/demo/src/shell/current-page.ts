import { computed, signal } from '@preact/signals';
import { pages } from '../pages.ts';

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  // Other fragments, such as the skip link's, point into the page.
  if (location.hash === '' || location.hash.startsWith('#/')) hash.value = location.hash;
});

/** The page that the address names. */
export const currentPage = computed(() => pages.find(({ path }) => `#${path}` === hash.value) ?? pages[0]);
