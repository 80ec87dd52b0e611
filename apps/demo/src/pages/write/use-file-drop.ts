import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/**
 * Takes files that are dropped anywhere on the page; elsewhere the browser would leave the page to show them.
 *
 * @returns whether a file hovers over the page
 */
export function useFileDrop(onFile: (file: File) => void): boolean {
  const isOver = useSignal(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      isOver.value = true;
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      isOver.value = false;
      const file = event.dataTransfer?.files[0];
      if (file) onFile(file);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [onFile, isOver]);
  return isOver.value;
}

/** Text that is dragged, from one field to another perhaps, is the browser's to drop. */
function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
