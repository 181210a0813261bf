import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const require = createRequire(import.meta.url);
const root = import.meta.dirname;

/** The Bootstrap Icons that the templates name, as one cacheable sprite: `<use href="icons.svg#trash">`. */
function iconSprite(list: string): Plugin {
  return {
    name: 'icon-sprite',
    generateBundle() {
      const names = readFileSync(list, 'utf8').split(/\s+/).filter(Boolean);
      const symbols = names.map((name) => {
        const svg = readFileSync(require.resolve(`bootstrap-icons/icons/${name}.svg`), 'utf8');
        const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').trim();
        return `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`;
      });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
      this.emitFile({ type: 'asset', fileName: 'icons.svg', source });
    },
  };
}

export default defineConfig({
  root,
  // Relative, so that the files work under whatever STATIC_URL a site is given.
  base: './',
  publicDir: 'static/public',
  plugins: [iconSprite(resolve(root, 'static/src/icons.txt'))],
  resolve: {
    // vtk.js and Cornerstone reach for Node's modules of these names; these are their browser versions.
    alias: { events: 'events/', url: 'url/', xmlbuilder2: resolve(root, 'static/src/viewer/without-xml.ts') },
  },
  css: {
    preprocessorOptions: {
      scss: {
        loadPaths: [resolve(root, 'node_modules')],
        quietDeps: true,
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      },
    },
  },
  build: {
    outDir: 'static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    chunkSizeWarningLimit: 6000,
    rollupOptions: {
      input: { site: 'static/src/site/main.ts', viewer: 'static/src/viewer/main.ts' },
    },
  },
});
