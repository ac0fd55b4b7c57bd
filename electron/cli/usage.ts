/** A mistake in how the command was called, as opposed to something that failed: exit code 2. */
export class UsageError extends Error {}
