/** Where the engine's process starts in the desktop application: a utility process of Electron, or one of Node. */
import { createEngine } from './createEngine.ts';
import { type HostPort, serveHost } from './host.ts';
import { hostOnLine, type Line } from './hostLine.ts';

const { parentPort } = process as unknown as { parentPort?: HostPort };
if (!parentPort && !process.send)
  throw new Error('This is the engine of the desktop window; start Photolex with "npm start".');
// Ctrl-C in a terminal reaches this process too, but when to close is for the host to say.
process.on('SIGINT', () => {});
await serveHost(
  parentPort ?? hostOnLine(process as Line),
  // Only a process of Electron's needs main for the window that trains. See [Note: The engine under Node].
  (launchTrainer) => createEngine(parentPort ? { launchTrainer } : {}),
  (code) => process.exit(code),
);
