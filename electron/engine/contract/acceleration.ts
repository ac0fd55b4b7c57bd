/** The processor or card that trains, and installing TensorFlow for it. */
import { z } from 'zod';
import { nothing } from './parts.ts';

/** What training computes on, and the TensorFlow that makes it faster. */
export const accelerationSchema = z.object({
  /** In the user's words: a processor or a graphics card, and what computes on it. */
  device: z.string(),
  /** What computes on it; only with WebAssembly the network itself cannot learn. */
  backend: z.enum(['tensorflow', 'webgpu', 'wasm']),
  /** Why no graphics card is used by WebGPU; null if one is, if nobody has looked, or where TensorFlow trains. */
  cardProblem: z.string().nullable(),
  /** The TensorFlow that is installed. */
  tensorflow: z
    .object({ version: z.string(), variant: z.enum(['cpu', 'gpu']), bytes: z.number().int() })
    .nullable(),
  /** Bytes to fetch of the TensorFlow that can be installed, for the processor and for a graphics card of NVIDIA; null where there is none for this system. */
  offered: z.object({ cpu: z.number().int().nullable(), gpu: z.number().int().nullable() }),
  /** The installation that runs; `done` and `total` are bytes, both 0 where nothing is counted. */
  installing: z.object({ stage: z.string(), done: z.number(), total: z.number() }).nullable(),
  /** Why the last installation did not succeed, and what to do. */
  problem: z.string().nullable(),
});
export type Acceleration = z.infer<typeof accelerationSchema>;

export const accelerateInputSchema = z.object({
  /** For the processor or for a graphics card of NVIDIA; `auto` takes the card if it can be used. */
  variant: z.enum(['auto', 'cpu', 'gpu']).default('auto'),
});
export type AccelerateInput = z.output<typeof accelerateInputSchema>;

export const accelerationCalls = {
  acceleration: { input: nothing, output: accelerationSchema },
  /** Starts installing TensorFlow; the event `acceleration` tells how it goes. */
  accelerate: { input: accelerateInputSchema, output: accelerationSchema },
  /** Stops the installation; what was fetched is kept for the next. */
  stopAccelerating: { input: nothing, output: accelerationSchema },
  /** Removes TensorFlow, and what an unfinished installation left. */
  removeAcceleration: { input: nothing, output: accelerationSchema },
} as const;
