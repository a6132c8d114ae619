import { rm } from 'node:fs/promises';

export default async function tearDown() {
  if (globalThis.liaisonTest === undefined) return;
  const { database, folders } = globalThis.liaisonTest;
  await database.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}
