/**
 * The first file that runs for every npm script: `node build/launch.js <start|cli|build|prepare|starter> …`. It goes on
 * in `launcher.ts`, under the project's own Node; the one on the system may be too old to read that, so this file is
 * plain JavaScript and uses nothing recent.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const folder = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const { launch } = await import('./launcher.ts');
  process.exitCode = await launch(process.argv.slice(2));
} else {
  const bin = join(folder, '..', 'node_modules', 'node', 'bin');
  const node = ['node', 'node.exe'].map((name) => join(bin, name)).find((path) => existsSync(path));
  if (!node) {
    console.error(
      `Photolex needs Node ${NEEDED}; this is ${process.version}. Run "npm ci", which brings its own.`,
    );
    process.exit(1);
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; whoever ends only this process means the other too.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code === null ? 1 : code));
}
