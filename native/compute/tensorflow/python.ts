/** Fetching and unpacking with Python's own library, which an installation has at hand: a wheel is a zip file, an npm package a tar file. */
import { type RunOptions, run } from './tools.ts';

/** Members of the archive whose names match a pattern, in pieces; prints how many bytes are done. */
const UNPACK_WHEEL = `
import fnmatch, os, sys, zipfile
source, target, *patterns = sys.argv[1:]
done = 0
with zipfile.ZipFile(source) as archive:
    for member in archive.infolist():
        if member.is_dir() or not any(fnmatch.fnmatch(member.filename, pattern) for pattern in patterns):
            continue
        path = os.path.join(target, *member.filename.split('/'))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(member) as reader, open(path, 'wb') as writer:
            while True:
                piece = reader.read(1 << 24)
                if not piece:
                    break
                writer.write(piece)
                done += len(piece)
                print(done, flush=True)
        os.chmod(path, (member.external_attr >> 16) & 0o777 | 0o644)
`;

/** Unpacks the members of a wheel whose checksum was right. `onLine` hears the bytes done. @throws {ProgramFailure} */
export async function unpackWheel(
  python: string,
  wheel: string,
  target: string,
  patterns: readonly string[],
  options: RunOptions,
): Promise<void> {
  await run(python, ['-c', UNPACK_WHEEL, wheel, target, ...patterns], options);
}

/** Says in one line why it could not. */
const FETCH = `
import shutil, sys, urllib.request
try:
    with urllib.request.urlopen(sys.argv[1], timeout=60) as reader, open(sys.argv[2], 'wb') as writer:
        shutil.copyfileobj(reader, writer)
except Exception as error:
    sys.exit(str(error))
`;

/** Fetches a file as pip does, through the proxy that the environment names; Node's fetch knows none. @throws {ProgramFailure} */
export async function fetchFile(
  python: string,
  url: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await run(python, ['-c', FETCH, url, target], { signal });
}

/** Unpacks a gzipped tar file whose checksum was right. @throws {ProgramFailure} */
export async function unpackTar(
  python: string,
  archive: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await run(
    python,
    ['-c', 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])', archive, target],
    { signal },
  );
}
