import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // State of the renderer is in .svelte.ts files, which its compiler must see.
  plugins: [svelte({ configFile: false })],
  resolve: { mainFields: ['module', 'main'] },
  test: {
    include: ['test/{unit,integration,e2e}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // They guard against what hangs, so a machine that is five times slower must not meet them.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    server: { deps: { inline: [/@tensorflow\/tfjs/] } },
  },
});
