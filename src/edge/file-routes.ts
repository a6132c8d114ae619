/** Routes that take a file, or a part of one, as the body: of any type, read as it comes. */
export const UPLOAD_ROUTES: ReadonlySet<string | undefined> = new Set(['/files', '/uploads/:upload']);

/** Routes that give out a file: decrypted, or made for it. */
export const DOWNLOAD_ROUTES: ReadonlySet<string | undefined> = new Set([
  '/files/:object/:sha256',
  '/letters/:id/letter.pdf',
  '/letters/:id/scan',
]);
