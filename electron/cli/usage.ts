/** How a command was called, and what is wrong with that. */
import type { Command } from 'commander';

/** A mistake in how the command was called, as opposed to something that failed: exit code 2. */
export class UsageError extends Error {}

/** The options that the user wrote: each by its name in the code, and as it was written. */
export function writtenOptions(command: Command): { name: string; flag: string }[] {
  return command.options
    .map((option) => ({ name: option.attributeName(), flag: option.long ?? option.flags }))
    .filter(({ name }) => command.getOptionValueSource(name) === 'cli');
}
