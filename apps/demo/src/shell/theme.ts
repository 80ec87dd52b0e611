import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const key = 'theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** What the visitor chose with the toggle; the system's choice until then. */
const chosen = signal(remembered());
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
  remember(chosen.value);
}

effect(() => {
  document.documentElement.dataset.theme = currentTheme();
});

// A browser that blocks the storage throws; the choice then lasts as long as the page.
function remembered(): Theme | undefined {
  try {
    const theme = localStorage.getItem(key);
    return theme === 'light' || theme === 'dark' ? theme : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // see above
  }
}
