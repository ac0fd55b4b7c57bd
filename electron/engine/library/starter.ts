/** The starter in a library: a model like any other, but for its files, which are the application's. */
import { existsSync } from 'node:fs';
import type { Library } from './library.ts';
import { networkHash, networkPath, STARTER, starterPath } from './modelFiles.ts';

/** Folder of a model's files: the starter's is inside the application. */
export function modelFolder(library: Library, id: string): string {
  return id === STARTER ? starterPath() : library.modelPath(id);
}

/** Gives the library the starter that ships with this Photolex; one of another version loses its place and its vectors. */
export function addStarter(library: Library): void {
  if (!existsSync(networkPath(starterPath()))) return;
  const network = networkHash(starterPath());
  if (library.models.get(STARTER)?.network === network) return;
  library.transaction(() => {
    // Another process that opened the library at the same time may have been first.
    const known = library.models.get(STARTER);
    if (known?.network === network) return;
    if (known) {
      library.models.setNetwork(known, network);
      library.vectors.clear(known);
      return;
    }
    const stored = library.models.add({
      id: STARTER,
      name: 'Starter',
      dimension: 400,
      text: 'glove',
      backbone: 'efficientnet-lite0',
      loss: 'contrastive',
      network,
      createdAt: new Date().toISOString(),
      captions: 0,
      tune: 'head',
      device: null,
      seconds: null,
      heldOut: 0,
      captioned: 0,
      precisionAt5: null,
      meanAveragePrecision: null,
    });
    library.vectors.createTable(stored);
    if (!library.models.active()) library.models.activate(STARTER);
  });
}
