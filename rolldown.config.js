import { defineConfig } from 'rolldown';

/**
 * The scripts of the hub's own pages, each in one file with what it imports, of src/protocol and of packages: over a slow line
 * a hundred modules took twenty seconds. A name tells its content, so that a browser asks once for what does not change.
 */
export default defineConfig({
  input: [
    'src/session/people/pages/browser.js',
    'src/session/people/pages/signing.js',
    'src/administration/pages/administration.js',
  ],
  platform: 'browser',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: {
    dir: 'dist/pages',
    cleanDir: true,
    minify: true,
    hashCharacters: 'hex',
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: 'part-[name]-[hash].js',
  },
});
