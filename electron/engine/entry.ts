/** Where the engine's process starts in the desktop application: a utility process of Electron. */
import { createEngine } from './createEngine.ts';
import { type HostPort, serveHost } from './host.ts';

const { parentPort } = process as unknown as { parentPort?: HostPort };
if (!parentPort)
  throw new Error('This is the engine of the desktop window; start Photolex with "npm start".');
await serveHost(
  parentPort,
  (launchTrainer) => createEngine({ launchTrainer }),
  (code) => process.exit(code),
);
