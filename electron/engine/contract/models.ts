/** The models that a library keeps. */
import { z } from 'zod';

export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  backbone: z.string(),
  loss: z.string(),
  /** What of the network was trained: `head`, `last` or `all`. */
  tune: z.string(),
  /** What computed, in the user's words, and for how many seconds; null for the starter and for what is not known any more. */
  device: z.string().nullable(),
  seconds: z.number().nullable(),
  active: z.boolean(),
  createdAt: z.string(),
  /** Captioned photos it learned from; 0 for the starter, which learned elsewhere. */
  captions: z.number().int(),
  heldOut: z.number().int(),
  precisionAt5: z.number().nullable(),
  meanAveragePrecision: z.number().nullable(),
});
export type Model = z.infer<typeof modelSchema>;

/** Another ending is refused, so that a slip of the hand writes over no photo. */
const onnxPath = z
  .string()
  .max(4096)
  .regex(/\.onnx$/i, 'The file to write must end in .onnx.');

export const modelCalls = {
  /** Writes a model, or the active one, as one ONNX file at the absolute path `path`: from `image` to `vector`. */
  exportModel: {
    input: z.object({ model: z.string().optional(), path: onnxPath }),
    output: z.object({ model: z.string(), dimension: z.number().int(), bytes: z.number().int() }),
  },
} as const;
