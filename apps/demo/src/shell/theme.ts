import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const key = 'theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** What the visitor chose with the toggle; the system's choice until then. */
const chosen = signal(localStorage.getItem(key) as Theme | null);
const preferred = signal<Theme>(system.matches ? 'dark' : 'light');
system.addEventListener('change', () => {
  preferred.value = system.matches ? 'dark' : 'light';
});

/** The theme that shows. */
export function currentTheme(): Theme {
  return chosen.value ?? preferred.value;
}

export function toggleTheme(): void {
  chosen.value = currentTheme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(key, chosen.value);
}

effect(() => {
  document.documentElement.dataset.theme = currentTheme();
});
