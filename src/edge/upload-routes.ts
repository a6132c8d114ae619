/** Routes that take a file, or a part of one, as the body: of any type, read as it comes. */
export const UPLOAD_ROUTES: ReadonlySet<string | undefined> = new Set(['/files', '/uploads/:upload']);
