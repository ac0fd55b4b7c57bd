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
  EBUSY: 'another program keeps it locked',
  EIO: 'the drive reports an error while reading it',
  ELOOP: 'it is a link that leads back to itself',
  ENAMETOOLONG: 'its path is too long for this system',
  ENOTDIR: 'it is not a folder',
  EMFILE: 'too many files are open at once',
  ENXIO: 'it is not a file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EROFS: 'its drive can only be read',
};

/** What one may lack the permission for. */
const FORBIDDEN = {
  read: 'you have no permission to read it',
  write: 'you have no permission to write there',
};

/** Whether an error came from the file system (and not from what a file holds). */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** An error of the file system in plain words, while something was read or written. Anything else keeps its own message. */
export function systemReason(error: unknown, doing: 'read' | 'write' = 'read'): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return FORBIDDEN[doing];
  return SYSTEM_REASONS[code ?? ''] ?? message;
}
