/** Reads a file from front to back as a stream, unzipped on the way: lines, and runs of bytes, of files that do not fit in memory. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** How reading is followed and stopped. */
export interface ByteReaderOptions {
  signal?: AbortSignal;
  /** Bytes of the file read so far, and in all. */
  onProgress?: (done: number, total: number) => void;
}

/** Where runs of text end. */
export const NEWLINE = 0x0a;
export const SPACE = 0x20;

/** Reads lines and runs of bytes from a file, in order. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #stream: ReturnType<typeof createReadStream>;
  readonly #signal: AbortSignal | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  /** @param size of the file, in bytes */
  constructor(path: string, gzipped: boolean, size: number, { signal, onProgress }: ByteReaderOptions) {
    this.#signal = signal;
    this.#stream = createReadStream(path, { highWaterMark: 1 << 20 });
    // Whoever reads is told; nobody may be reading any more.
    this.#stream.on('error', () => {});
    let done = 0;
    this.#stream.on('data', (chunk) => {
      done += chunk.length;
      onProgress?.(done, size);
    });
    let source: AsyncIterable<Buffer> = this.#stream;
    if (gzipped) {
      const gunzip = createGunzip();
      this.#stream.on('error', (error) => gunzip.destroy(error));
      source = this.#stream.pipe(gunzip);
    }
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Makes at least `length` bytes available; false if the file ends before. */
  async #fill(length: number): Promise<boolean> {
    if (this.#buffer.length - this.#at >= length) return true;
    const parts = [this.#buffer.subarray(this.#at)];
    let total = parts[0]!.length;
    while (total < length) {
      this.#signal?.throwIfAborted();
      const { done, value } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      total += value.length;
    }
    this.#buffer = Buffer.concat(parts, total);
    this.#at = 0;
    return total >= length;
  }

  /** The next bytes, without going on; fewer at the end of the file. */
  async peek(length: number): Promise<Buffer> {
    await this.#fill(length);
    return this.#buffer.subarray(this.#at, this.#at + length);
  }

  /** Bytes up to `end`, which is passed over, or to the end of the file; null if there are none, or more than `most`. */
  async until(end: number, most: number): Promise<Buffer | null> {
    for (let length = 1 << 12; ; length *= 4) {
      const whole = await this.#fill(length);
      const found = this.#buffer.indexOf(end, this.#at);
      if (found >= 0 && found - this.#at <= most) {
        const bytes = this.#buffer.subarray(this.#at, found);
        this.#at = found + 1;
        return bytes;
      }
      if (this.#buffer.length - this.#at > most) return null;
      if (!whole) {
        const rest = this.#buffer.subarray(this.#at);
        this.#at = this.#buffer.length;
        return rest.length > 0 ? rest : null;
      }
    }
  }

  /** Exactly so many bytes; null if the file ends before. */
  async bytes(length: number): Promise<Buffer | null> {
    if (!(await this.#fill(length))) return null;
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** Frees the file. */
  close(): void {
    this.#stream.destroy();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes as text; null if they are not UTF-8. */
export function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
