/** The NVIDIA graphics card of this computer, as its driver's own tool tells of it. */
import { execFile } from 'node:child_process';
import { ComputeProblem } from '../problem.ts';
import { OLDEST_DRIVER, type Variant } from './wheels.ts';

export interface GraphicsCard {
  name: string;
  /** As NVIDIA writes it: `550.54.15`. */
  driver: string;
}

/** Asks the driver; null where there is no NVIDIA card, or no driver for it. */
export function findGraphicsCard(): Promise<GraphicsCard | null> {
  return new Promise((resolve) => {
    execFile(
      'nvidia-smi',
      ['--query-gpu=name,driver_version', '--format=csv,noheader'],
      { timeout: 10_000 },
      (error, output) => resolve(error ? null : parseGraphicsCard(output)),
    );
  });
}

/** The first card of nvidia-smi's answer, `<name>, <driver>` on each line; null if it is not one. */
export function parseGraphicsCard(answer: string): GraphicsCard | null {
  const line = answer.trim().split('\n')[0]!;
  const comma = line.lastIndexOf(',');
  const driver = line.slice(comma + 1).trim();
  if (comma < 1 || !/^\d+(\.\d+)+$/.test(driver)) return null;
  return { name: line.slice(0, comma).trim(), driver };
}

/**
 * Which TensorFlow to install: what the user asked for, or else the one for the card if there is one here (`forCards`) that the card can use.
 * @throws {ComputeProblem} `no-gpu`, `old-driver` if the GPU was asked for and cannot be used.
 */
export function chooseVariant(
  asked: Variant | 'auto',
  card: GraphicsCard | null,
  forCards: boolean,
): Variant {
  if (asked === 'cpu' || (asked === 'auto' && !forCards)) return 'cpu';
  if (card && Number.parseInt(card.driver, 10) >= OLDEST_DRIVER) return 'gpu';
  if (asked === 'auto') return 'cpu';
  if (!card) {
    throw new ComputeProblem(
      'no-gpu',
      'No NVIDIA graphics card answers (nvidia-smi). If there is one, install its driver; without one, install TensorFlow for the processor: photolex accelerate --cpu.',
    );
  }
  throw new ComputeProblem(
    'old-driver',
    `The driver of the ${card.name} is ${card.driver}; CUDA 12 needs ${OLDEST_DRIVER} or newer. Update the driver, or install TensorFlow for the processor: photolex accelerate --cpu.`,
  );
}
