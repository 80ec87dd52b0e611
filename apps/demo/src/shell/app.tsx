import { useEffect } from 'preact/hooks';
import { pages } from '../pages.ts';
import { currentPage } from './current-page.ts';
import { ThemeToggle } from './theme-toggle.tsx';

export function App() {
  const page = currentPage.value;
  useEffect(() => {
    document.title = `${page.title} · Ostinato`;
  }, [page]);

  return (
    <>
      <a class="skip-link" href="#content">
        Skip to the content
      </a>
      <header class="shell-header">
        <span class="shell-name">Ostinato</span>
        <nav aria-label="Pages">
          {pages.map(({ path, title }) => (
            <a key={path} href={`#${path}`} aria-current={path === page.path ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <ThemeToggle />
      </header>
      <main id="content" tabIndex={-1}>
        <page.Content key={page.path} />
      </main>
      <footer class="shell-footer">Everything runs in this tab. Nothing is sent to a server.</footer>
    </>
  );
}
