/**
 * How Vite builds each part: the renderer for browsers, each process of the application as one entry for Node, and the
 * preload scripts as CommonJS, because a sandboxed window loads nothing else.
 */
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { InlineConfig } from 'vite';
import { builtPath, projectRoot } from '../native/runtime.ts';

/** Quiet, and without a configuration file: everything is said here. */
const common: InlineConfig = { configFile: false, logLevel: 'warn' };

/** The window, into `dist/renderer`. Its files name each other from the root, which both hosts serve. */
export function rendererConfig(): InlineConfig {
  return {
    ...common,
    root: join(projectRoot, 'renderer'),
    plugins: [svelte({ configFile: false })],
    build: {
      outDir: builtPath('renderer'),
      emptyOutDir: true,
      target: 'esnext',
      // The content security policy has no room for scripts in data URLs, and a cache none for files inside others.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  };
}

/** The page of the window that trains, into `dist/trainer`. */
export function trainerConfig(folder = builtPath('trainer')): InlineConfig {
  return {
    ...common,
    root: join(projectRoot, 'electron', 'trainer'),
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'esnext',
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // TensorFlow.js.
      chunkSizeWarningLimit: 1000,
    },
  };
}

/**
 * One process, into `dist/node/<name>.js` and chunks beside it. Packages stay outside, except TensorFlow.js: its
 * gradients are published for bundlers only. `module` comes before `main` there, or the backend is dropped.
 */
export function nodeConfig(name: string, source: string, folder = builtPath('node')): InlineConfig {
  return {
    ...common,
    root: projectRoot,
    resolve: { mainFields: ['module', 'main'] },
    ssr: { noExternal: [/^@tensorflow\//] },
    // The Emscripten glue of the WebAssembly backend is CommonJS and looks for its files beside itself.
    define: { __dirname: 'import.meta.dirname' },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: { [name]: join(projectRoot, source) },
        external: ['electron'],
        output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: `chunks/${name}-[name].js` },
      },
    },
  };
}

/** A preload script, into `dist/electron/<name>.cjs`. */
export function preloadConfig(name: string, source: string, folder = builtPath('electron')): InlineConfig {
  const config = nodeConfig(name, source, folder);
  return {
    ...config,
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ...config.build,
      rolldownOptions: {
        ...config.build?.rolldownOptions,
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}
