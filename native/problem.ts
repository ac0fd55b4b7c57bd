/**
 * What is wrong with a file, said so that its owner understands it. The layers above put the file's name in front
 * of the message, so a message starts in lower case and ends without a full stop.
 */
export class FileProblem extends Error {
  /**
   * True if the file's own bytes are the reason, so that trying again cannot help; false if the file could not be
   * reached (a drive that is away, a lock, missing permission).
   */
  readonly lasting: boolean;

  constructor(message: string, lasting: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FileProblem';
    this.lasting = lasting;
  }
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there any more',
  EACCES: 'you have no permission to read it',
  EPERM: 'you have no permission to read it',
  EBUSY: 'another program keeps it locked',
  EIO: 'the drive reports an error while reading it',
  ELOOP: 'it is a link that leads back to itself',
  ENAMETOOLONG: 'its path is too long for this system',
  ENOTDIR: 'it is not a folder',
  EMFILE: 'too many files are open at once',
  ENXIO: 'it is not a file',
};

/** Whether an error came from the file system (and not from what a file holds). */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** An error of the file system in plain words. Anything else keeps its own message. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return SYSTEM_REASONS[code ?? ''] ?? message;
}
