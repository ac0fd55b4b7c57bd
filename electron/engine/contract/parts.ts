/** Small schemas that the calls of several areas take or give; only the files of this folder use them. */
import { z } from 'zod';

export const nothing = z.object({}).strict().optional();
export const job = z.object({ job: z.number().int() });
export const path = z.string().min(1).max(4096);
export const photo = z.object({ photo: z.number().int().positive() });
export const photos = z.array(z.number().int().positive()).max(1_000_000);
export const word = z.string().trim().min(1).max(100);
