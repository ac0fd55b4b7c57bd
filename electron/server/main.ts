/**
 * The server as a process of its own, which `npm start` runs where there is no Electron: starts the engine, prints the
 * address, and ends cleanly on Ctrl-C. `PHOTOLEX_PORT` asks for a port.
 */
import { createEngine } from '../engine/createEngine.ts';
import { startServer } from './server.ts';

const engine = await createEngine();
const server = await startServer({ engine, port: Number(process.env.PHOTOLEX_PORT ?? 0) });
console.log(server.url);

let stopping = false;
async function stop(): Promise<void> {
  // A second Ctrl-C means that the user will not wait.
  if (stopping) process.exit(1);
  stopping = true;
  await server.close();
  await engine.close();
  process.exit(0);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
