/** Errors, as they reach the user and programs. */
import { z } from 'zod';

/** An error as it crosses a transport: what went wrong in the user's words, and what to do about it. */
export const errorSchema = z.object({ code: z.string(), message: z.string() });

/**
 * An error meant for the user. `code` is stable for programs (`library-newer`, `no-library`, …); `message` names the
 * file or field and says what to do.
 */
export class PhotolexError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhotolexError';
    this.code = code;
  }
}
