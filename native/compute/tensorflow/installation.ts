/**
 * Installs the TensorFlow pack: the addon's sources, TensorFlow from the Python package index, and a compiler's half minute
 * that joins them. Each step leaves its result in a folder of its own and is skipped where that is there already, so an
 * installation that was stopped, or ran out of network or space, goes on where it was.
 *
 * The addon in the npm package is two C++ files over TensorFlow's C API. As published it comes with the TensorFlow of 2022;
 * compiled against a current one it works as well, and needs nothing of Python then.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, copyFile, mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeAtomically } from '../../files.ts';
import { ComputeProblem } from '../problem.ts';
import { chooseVariant, findGraphicsCard } from './graphicsCard.ts';
import {
  addonFolder,
  folderBytes,
  installedPack,
  manifestPath,
  type Pack,
  type PackManifest,
  packsFolder,
  placePack,
  unfinishedFolder,
} from './pack.ts';
import { fetchFile, unpackTar, unpackWheel } from './python.ts';
import {
  cancelled,
  explainDownload,
  findCompiler,
  findPython,
  noSpaceLeft,
  ProgramFailure,
  run,
} from './tools.ts';
import { addonSource, TENSORFLOW_VERSION, type Variant, type Wheel, wheels } from './wheels.ts';

/** How far an installation is. */
export interface InstallationProgress {
  /** What is being done, in the user's words. */
  stage: string;
  /** Bytes of `total`; both are 0 where nothing is counted. */
  done: number;
  total: number;
}

export interface InstallationOptions {
  /** The user's data folder. */
  home: string;
  variant: Variant | 'auto';
  signal: AbortSignal;
  progress(progress: InstallationProgress): void;
  /**
   * Trains a step over the addon in this folder, in a process of its own, and resolves with what it ran on. @throws {Error} if
   * that fails, if the process dies, or if the signal ends it.
   */
  prove(addon: string): Promise<Proof>;
}

export interface Proof {
  gpu: boolean;
  /** In the user's words. */
  device: string;
}

/** Beside what is counted: headers, the compiled addon, JavaScript. */
const SMALL_FILES = 50_000_000;
/** Milliseconds between two looks at how much has arrived. */
const LOOK_INTERVAL = 500;

/**
 * Installs TensorFlow and makes it the pack, in place of one that was there before. @throws {ComputeProblem} for everything
 * that can go wrong, each with what to do: `unsupported`, `no-gpu`, `old-driver`, `no-python`, `old-python`, `no-pip`, `no-compiler`, `no-space`,
 * `no-network`, `wrong-checksum`, `no-download`, `not-compiled`, `not-working`, `cancelled`.
 */
export async function installPack(options: InstallationOptions): Promise<Pack> {
  try {
    return await new Installation(options).run();
  } catch (error) {
    if (error instanceof ComputeProblem) throw error;
    if (options.signal.aborted) throw cancelled();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw noSpaceLeft(error);
    throw new ComputeProblem('not-installed', `TensorFlow could not be installed: ${message}`, {
      cause: error,
    });
  }
}

class Installation {
  readonly #options: InstallationOptions;

  constructor(options: InstallationOptions) {
    this.#options = options;
  }

  async run(): Promise<Pack> {
    const { home, signal } = this.#options;
    this.#stage('Checking what is here');
    const offered = wheels[`${process.platform}-${process.arch}`];
    const variant = chooseVariant(
      this.#options.variant,
      this.#options.variant === 'cpu' ? null : await findGraphicsCard(),
      offered?.gpu !== undefined,
    );
    const needed = offered?.[variant];
    if (!needed) throw unsupported(variant);
    const python = await findPython(signal);
    const compiler = await findCompiler(signal);

    const name = `${TENSORFLOW_VERSION}-${variant}`;
    const folder = unfinishedFolder(home, name);
    await mkdir(folder, { recursive: true });
    await rm(join(folder, PARTIAL), { recursive: true, force: true });
    await this.#requireSpace(folder, needed);
    await this.#copyAddon(folder, python);
    for (const wheel of needed) await this.#addWheel(folder, wheel, python);
    await this.#compile(folder, compiler);
    const device = await this.#prove(folder, variant);

    let bytes = await folderBytes(folder);
    for (const part of ON_THE_WAY) bytes -= await folderBytes(join(folder, part));
    const manifest: PackManifest = {
      version: TENSORFLOW_VERSION,
      variant,
      device,
      bytes,
      installedAt: new Date().toISOString(),
    };
    await writeAtomically(manifestPath(folder), `${JSON.stringify(manifest, null, 2)}\n`);
    await placePack(home, folder, name);
    const pack = installedPack(home)!;
    // Only now: an installation that is stopped before needs it to go on.
    for (const part of ON_THE_WAY) await rm(join(pack.folder, part), { recursive: true, force: true });
    return pack;
  }

  #stage(stage: string, done = 0, total = 0): void {
    if (this.#options.signal.aborted) throw cancelled();
    this.#options.progress({ stage, done, total });
  }

  /** @throws {ComputeProblem} `no-space` if what is still to come does not fit. */
  async #requireSpace(folder: string, needed: readonly Wheel[]): Promise<void> {
    const downloads = join(folder, DOWNLOADS);
    // What is unpacked already takes no more space, nor does what is overwritten.
    let bytes = SMALL_FILES - (await folderBytes(join(folder, SITE_PACKAGES)));
    let largest = 0;
    for (const wheel of needed) {
      bytes += wheel.unpackedBytes;
      if ((await exists(markerPath(folder, wheel))) || (await fileOf(downloads, wheel))) continue;
      // pip writes a file twice before it is in its place; it goes when it is unpacked.
      largest = Math.max(largest, 2 * wheel.bytes);
    }
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize >= bytes + largest) return;
    throw new ComputeProblem(
      'no-space',
      `TensorFlow needs ${megabytes(bytes + largest)} of free space in ${packsFolder(this.#options.home)}; there are ${megabytes(bavail * bsize)}. Free some space, or set PHOTOLEX_HOME to a folder on another drive.`,
    );
  }

  /** The addon's sources and JavaScript: from node_modules where npm left them, else from the npm registry. */
  async #copyAddon(folder: string, python: string): Promise<void> {
    const addon = addonFolder(folder);
    const unfinished = join(folder, 'addon.unfinished');
    await rm(unfinished, { recursive: true, force: true });
    if (await exists(join(addon, 'package.json'))) return;
    // As the archive calls it.
    const whole = join(unfinished, 'package');
    const installed = resolved(`${addonSource.name}/package.json`);
    const version = installed && (createRequire(import.meta.url)(installed) as { version: string }).version;
    if (installed && version === addonSource.version) {
      for (const part of ['binding', 'dist'])
        await copyFolder(join(dirname(installed), part), join(whole, part));
      await copyFile(installed, join(whole, 'package.json'));
    } else {
      this.#stage('Fetching the addon');
      await mkdir(unfinished);
      const archive = join(unfinished, 'addon.tgz');
      await fetchAddon(python, archive, this.#options.signal);
      await unpackTar(python, archive, unfinished, this.#options.signal);
    }
    await rename(whole, addon);
    await rm(unfinished, { recursive: true });
  }

  /** Fetches a wheel and unpacks what is needed of it. */
  async #addWheel(folder: string, wheel: Wheel, python: string): Promise<void> {
    const { signal } = this.#options;
    const marker = markerPath(folder, wheel);
    if (await exists(marker)) return;
    const what = `${wheel.name} ${wheel.version}`;
    const path = await this.#download(folder, wheel, python, what);
    const stage = `Unpacking ${what}`;
    this.#stage(stage, 0, wheel.unpackedBytes);
    await unpackWheel(python, path, join(folder, SITE_PACKAGES), wheel.members, {
      signal,
      onLine: (line) => {
        const done = Number(line);
        if (!signal.aborted && Number.isFinite(done)) this.#stage(stage, done, wheel.unpackedBytes);
      },
    }).catch((error: unknown) => {
      throw explainDownload(error, what);
    });
    await writeAtomically(marker, '');
    await rm(path);
  }

  /** Path of the wheel's file, fetched unless it is there, its checksum right. */
  async #download(folder: string, wheel: Wheel, python: string, what: string): Promise<string> {
    const { signal } = this.#options;
    const downloads = join(folder, DOWNLOADS);
    const partial = join(folder, PARTIAL);
    await mkdir(partial, { recursive: true });
    const there = await fileOf(downloads, wheel);
    if (there) {
      this.#stage(`Checking ${what}`);
      if ((await sha256(there)) === wheel.sha256) return there;
      await rm(there);
    }
    // pip checks the checksum, and with it that this is the very file that was tried.
    const requirements = join(downloads, 'requirements.txt');
    await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
    const stage = `Fetching ${what}`;
    this.#stage(stage, 0, wheel.bytes);
    let fetching = true;
    const look = setInterval(async () => {
      const done = Math.min(await folderBytes(partial), wheel.bytes);
      if (fetching && !signal.aborted) this.#options.progress({ stage, done, total: wheel.bytes });
    }, LOOK_INTERVAL);
    try {
      await run(python, pipDownload(wheel, requirements, downloads), {
        signal,
        environment: { TMPDIR: partial, PIP_REQUIRE_VIRTUALENV: '0' },
      });
    } catch (error) {
      throw explainDownload(error, what);
    } finally {
      fetching = false;
      clearInterval(look);
      await rm(partial, { recursive: true, force: true });
    }
    const fetched = await fileOf(downloads, wheel);
    if (!fetched) throw explainDownload(new Error('it left no file'), what);
    return fetched;
  }

  async #compile(folder: string, compiler: string): Promise<void> {
    this.#stage('Compiling the addon');
    const addon = addonFolder(folder);
    const headers = join(folder, 'node-headers');
    await copyFolder(join(dirname(resolved('node-api-headers/package.json')!), 'include'), headers);
    const libraries = join(folder, SITE_PACKAGES, 'tensorflow');
    const output = join(addon, 'lib', 'napi-v8');
    await mkdir(output, { recursive: true });
    const sources = (await readdir(join(addon, 'binding'))).filter((name) => name.endsWith('.cc'));
    try {
      await run(
        compiler,
        [
          ...['-shared', '-fPIC', '-O2', '-std=c++17', '-w'],
          ...['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
          ...['-I', headers, '-I', join(libraries, 'include')],
          ...sources.map((name) => join(addon, 'binding', name)),
          ...['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => join(libraries, name)),
          // Relative, so that the folder may be renamed.
          '-Wl,-rpath,$ORIGIN/../../../site-packages/tensorflow',
          ...['-o', join(output, 'tfjs_binding.node')],
        ],
        { signal: this.#options.signal },
      );
    } catch (error) {
      if (error instanceof ComputeProblem) throw error;
      throw new ComputeProblem(
        'not-compiled',
        `The addon could not be compiled with ${compiler}: it needs one that knows C++17, such as GCC 9 or newer. ${(error as Error).message.slice(0, 600)}`,
        { cause: error },
      );
    }
    await rm(headers, { recursive: true });
  }

  async #prove(folder: string, variant: Variant): Promise<string> {
    this.#stage('Trying a step of training');
    let proof: Proof;
    try {
      proof = await this.#options.prove(addonFolder(folder));
    } catch (error) {
      if (this.#options.signal.aborted) throw cancelled();
      throw new ComputeProblem(
        'not-working',
        `TensorFlow was installed, but a step of training with it failed, so it is not used. ${(error as Error).message} Training goes on without it.`,
        { cause: error },
      );
    }
    if (variant === 'gpu' && !proof.gpu) {
      throw new ComputeProblem(
        'not-working',
        'TensorFlow was installed, but does not see the graphics card, so it is not used. Update its driver and start again, which downloads nothing twice, or install TensorFlow for the processor in its place: photolex accelerate --cpu.',
      );
    }
    return proof.device;
  }
}

const DOWNLOADS = 'downloads';
/** What pip has not finished. */
const PARTIAL = join(DOWNLOADS, 'partial');
/** Holds an empty file for each wheel that is unpacked. */
const UNPACKED = 'unpacked';
const SITE_PACKAGES = 'site-packages';
/** What is not needed any more when all is installed. */
const ON_THE_WAY = [DOWNLOADS, UNPACKED, join(SITE_PACKAGES, 'tensorflow', 'include')];

const markerPath = (folder: string, { name, version }: Wheel): string =>
  join(folder, UNPACKED, `${name}-${version}`);

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

function unsupported(variant: Variant): ComputeProblem {
  const kind = variant === 'gpu' ? ' for graphics cards' : '';
  const there = Object.keys(wheels).filter((platform) => wheels[platform]![variant]);
  return new ComputeProblem(
    'unsupported',
    `There is no TensorFlow${kind} to install on ${process.platform}-${process.arch}; so far it is for ${there.join(' and ')}. Training goes on without it.`,
  );
}

function pipDownload({ platform }: Wheel, requirements: string, folder: string): string[] {
  return [
    ...['-m', 'pip', 'download', '--requirement', requirements, '--dest', folder],
    ...['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-cache-dir'],
    ...['--progress-bar', 'off', '--disable-pip-version-check', '--no-input'],
    // At least one, because pip names a network that does not answer only when it tries again.
    ...['--retries', '3'],
    // The file that was tried, whatever Python this is.
    ...['--platform', platform, '--python-version', '311', '--implementation', 'cp', '--abi', 'cp311'],
  ];
}

/** The file of a wheel among downloads, or null. */
async function fileOf(downloads: string, { name, version }: Wheel): Promise<string | null> {
  const prefix = `${name.replaceAll('-', '_')}-${version}-`;
  const files = await readdir(downloads).catch(() => []);
  const found = files.find((file) => file.startsWith(prefix) && file.endsWith('.whl'));
  return found ? join(downloads, found) : null;
}

/** Fetches the addon's archive. @throws {ComputeProblem} `no-network`, `no-space`, `wrong-checksum` */
async function fetchAddon(python: string, target: string, signal: AbortSignal): Promise<void> {
  const registry = (process.env.npm_config_registry ?? 'https://registry.npmjs.org/').replace(/\/$/, '');
  const { name, version, integrity } = addonSource;
  const url = `${registry}/${name}/-/${name.split('/')[1]}-${version}.tgz`;
  try {
    await fetchFile(python, url, target, signal);
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    if (/Errno 28/.test(error.output)) throw noSpaceLeft(error);
    throw new ComputeProblem(
      'no-network',
      `The addon could not be fetched from ${registry} (${error.output || error.message}). Check the connection (and the proxy, if there is one), then start again.`,
      { cause: error },
    );
  }
  const bytes = await readFile(target);
  if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` !== integrity) {
    throw new ComputeProblem(
      'wrong-checksum',
      `${url} has another checksum than the one it was published with. Try again; if it happens again, ask whoever runs your network or package mirror.`,
    );
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Where a file of a package is, or null if the package is not installed. */
function resolved(specifier: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(specifier);
  } catch {
    return null;
  }
}

/** Copies file by file: in an installed application the source may lie in Electron's archive. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else await copyFile(source, target);
  }
}
