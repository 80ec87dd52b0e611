import type { ComponentType } from 'preact';
import { WritePage } from './pages/write/write-page.tsx';

export interface Page {
  /** What stands behind the # in the address. */
  path: string;
  title: string;
  Content: ComponentType;
}

/** The first one opens by itself. */
export const pages: readonly [Page, ...Page[]] = [{ path: '/write', title: 'Write', Content: WritePage }];
