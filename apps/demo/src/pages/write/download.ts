/** Hands bytes to the visitor as a file. */
export function download(bytes: Uint8Array<ArrayBuffer>, fileName: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the address after the click; a minute is enough for any file.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
