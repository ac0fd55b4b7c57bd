/**
 * What an installation of TensorFlow says when something is missing. The programs are real, or missing for real; only the
 * networks that do not answer are on this computer.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { chooseVariant, parseGraphicsCard } from '../../native/compute/tensorflow/graphicsCard.ts';
import {
  type InstallationOptions,
  type InstallationProgress,
  installPack,
} from '../../native/compute/tensorflow/installation.ts';
import { addonFolder, installedPack, unfinishedFolder } from '../../native/compute/tensorflow/pack.ts';
import { downloadBytes, wheels } from '../../native/compute/tensorflow/wheels.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof import('node:fs/promises')>();
  return { ...real, statfs: vi.fn(real.statfs) };
});

const python = find('python3', ['-c', 'import sys, pip; print(sys.executable)']);
const compiler = find('c++', ['--version']) && 'c++';
const supported = `${process.platform}-${process.arch}` in wheels;

it('is offered where there is one, with what there is to fetch', () => {
  const offered = (platform: string) =>
    (['cpu', 'gpu'] as const).map((variant) => downloadBytes(variant, platform));
  expect(offered('linux-x64')).toEqual([273_829_956, expect.closeTo(2.5e9, -8)]);
  expect(offered('linux-arm64')).toEqual([281_828_020, null]);
  expect(offered('darwin-arm64')).toEqual([null, null]);
  expect(offered('win32-x64')).toEqual([null, null]);
});

function find(command: string, given: string[]): string | null {
  try {
    return execFileSync(command, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** A folder with these programs, which is all that is found. */
function onlyPrograms(programs: Record<string, string>): void {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  environment('PATH', folder);
  environment('CXX', '');
}

function environment(name: string, value: string): void {
  vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

const home = (): string => join(temporaryFolder(), 'home');
const neverProved = async (): Promise<never> => {
  throw new Error('Nothing was installed to be proved.');
};

/** Tries to install for the processor. */
async function install(
  folder: string,
  signal = new AbortController().signal,
  progress: (progress: InstallationProgress) => void = () => {},
): Promise<unknown> {
  return installPack({ home: folder, variant: 'cpu', signal, progress, prove: neverProved });
}

/** A data folder whose unfinished installation has the addon's sources already. */
function homeWithAddon(): string {
  const folder = home();
  const addon = addonFolder(unfinishedFolder(folder, '2.21.0-cpu'));
  mkdirSync(join(addon, 'binding'), { recursive: true });
  writeFileSync(join(addon, 'package.json'), '{}');
  return folder;
}

describe('the choice of a TensorFlow', () => {
  const card = { name: 'NVIDIA GeForce RTX 3060', driver: '550.54.15' };
  const old = { ...card, driver: '470.256.02' };

  it('is the one for the graphics card where its driver can run it, unless the user says otherwise', () => {
    expect(chooseVariant('auto', card, true)).toBe('gpu');
    expect(chooseVariant('auto', { ...card, driver: '525.60.13' }, true)).toBe('gpu');
    expect(chooseVariant('auto', old, true)).toBe('cpu');
    expect(chooseVariant('auto', null, true)).toBe('cpu');
    expect(chooseVariant('cpu', card, true)).toBe('cpu');
    expect(chooseVariant('gpu', card, true)).toBe('gpu');
  });

  it('is the one for the processor where there is none for graphics cards', () => {
    expect(chooseVariant('auto', card, false)).toBe('cpu');
    expect(chooseVariant('gpu', card, false)).toBe('gpu');
  });

  it('says what is in the way of the graphics card that was asked for', () => {
    expect(() => chooseVariant('gpu', old, true)).toThrow(
      'The driver of the NVIDIA GeForce RTX 3060 is 470.256.02; CUDA 12 needs 525 or newer.',
    );
    expect(() => chooseVariant('gpu', null, true)).toThrow('No NVIDIA graphics card answers');
  });

  it('understands what nvidia-smi answers', () => {
    expect(parseGraphicsCard('NVIDIA GeForce RTX 3060, 550.54.15\nNVIDIA T4, 550.54.15\n')).toEqual(card);
    expect(parseGraphicsCard('NVIDIA RTX A2000, 12GB, 535.104.05\n')).toEqual({
      name: 'NVIDIA RTX A2000, 12GB',
      driver: '535.104.05',
    });
    expect(parseGraphicsCard('No devices were found\n')).toBeNull();
  });
});

describe.skipIf(!supported)('an installation', () => {
  it('says that Python, pip or a compiler is missing, before anything is fetched', async () => {
    onlyPrograms({});
    await expect(install(home())).rejects.toMatchObject({ code: 'no-python' });
    onlyPrograms({ python: '[ "$1" = --version ]' });
    await expect(install(home())).rejects.toMatchObject({
      code: 'old-python',
      message: expect.stringContaining('(python) is too old'),
    });
    onlyPrograms({ python3: '[ "$1" != -m ]' });
    await expect(install(home())).rejects.toMatchObject({ code: 'no-pip' });
    onlyPrograms({ python3: 'exit 0' });
    const folder = home();
    await expect(install(folder)).rejects.toMatchObject({
      code: 'no-compiler',
      message: expect.stringContaining('sudo apt install g++'),
    });
    expect(installedPack(folder)).toBeNull();
  });

  /** A server that has something else. @returns its address, and what was asked of it */
  async function wrongServer(): Promise<{ address: string; asked: (string | undefined)[] }> {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.end('something else');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  it.skipIf(!python || !compiler)('does not take an addon with another checksum, however often', async () => {
    environment('npm_config_registry', `${(await wrongServer()).address}/`);
    const folder = home();
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(install(folder)).rejects.toMatchObject({ code: 'wrong-checksum' });
  });

  it.skipIf(!python || !compiler)('fetches through the proxy that the environment names', async () => {
    const { address, asked } = await wrongServer();
    environment('no_proxy', '');
    environment('http_proxy', address);
    environment('npm_config_registry', 'http://registry.example/');
    await expect(install(home())).rejects.toMatchObject({ code: 'wrong-checksum' });
    expect(asked).toEqual([expect.stringMatching(/^http:\/\/registry\.example\/@tensorflow\/.+\.tgz$/)]);
  });

  it.skipIf(!python || !compiler)('says that the network does not answer', async () => {
    environment('npm_config_registry', 'http://127.0.0.1:9/');
    await expect(install(home())).rejects.toMatchObject({
      code: 'no-network',
      message: expect.stringContaining('Connection refused'),
    });
    environment('PIP_INDEX_URL', 'http://127.0.0.1:9/simple');
    environment('PIP_FIND_LINKS', '');
    await expect(install(homeWithAddon())).rejects.toMatchObject({
      code: 'no-network',
      message: expect.stringContaining('what was fetched is kept'),
    });
  });

  it.skipIf(!python || !compiler)('does not take a wheel with another checksum', async () => {
    const index = temporaryFolder();
    const [wheel] = wheels[`${process.platform}-${process.arch}`]!.cpu!;
    const { name, version, platform } = wheel!;
    writeFileSync(
      join(index, `${name.replaceAll('-', '_')}-${version}-cp311-cp311-${platform}.whl`),
      'something else',
    );
    environment('PIP_NO_INDEX', '1');
    environment('PIP_FIND_LINKS', index);
    const folder = homeWithAddon();
    await expect(install(folder)).rejects.toMatchObject({
      code: 'wrong-checksum',
      message: expect.stringContaining(`${name} ${version}`),
    });
    const downloads = join(unfinishedFolder(folder, '2.21.0-cpu'), 'downloads');
    expect(readdirSync(downloads)).toEqual(['requirements.txt']);
  });

  /** A data folder in which everything was fetched and unpacked, and the programs that the rest takes. */
  function homeWithWheels(): string {
    onlyPrograms({ python3: 'exit 0', 'c++': 'exit 0' });
    const folder = homeWithAddon();
    const unfinished = unfinishedFolder(folder, '2.21.0-cpu');
    const include = join(unfinished, 'site-packages', 'tensorflow', 'include');
    for (const part of [include, join(unfinished, 'unpacked')]) mkdirSync(part, { recursive: true });
    writeFileSync(join(include, 'c_api.h'), 'void TF_Version();');
    for (const { name, version } of wheels[`${process.platform}-${process.arch}`]!.cpu!)
      writeFileSync(join(unfinished, 'unpacked', `${name}-${version}`), '');
    return folder;
  }
  const tryAll = (folder: string, prove: InstallationOptions['prove'], signal: AbortSignal) =>
    installPack({ home: folder, variant: 'cpu', signal, progress: () => {}, prove });

  it('leaves what it needs to go on until the pack is in its place', async () => {
    const folder = homeWithWheels();
    const { signal } = new AbortController();
    const failing = tryAll(folder, neverProved, signal);
    await expect(failing).rejects.toMatchObject({ code: 'not-working' });
    const pack = await tryAll(folder, async () => ({ gpu: false, device: 'a processor' }), signal);
    expect(pack).toMatchObject({ device: 'a processor', bytes: 2 });
    expect(readdirSync(pack.folder).sort()).toEqual(['addon', 'pack.json', 'site-packages']);
    expect(readdirSync(join(pack.folder, 'site-packages', 'tensorflow'))).toEqual([]);
  });

  it('can be stopped while a step of training is tried', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = tryAll(
      homeWithWheels(),
      () => {
        controller.abort();
        return Promise.reject(new Error('The train worker cannot answer: it was stopped.'));
      },
      signal,
    );
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('asks for no space that it has taken already', async () => {
    const folder = homeWithAddon();
    const unfinished = unfinishedFolder(folder, '2.21.0-cpu');
    const [wheel] = wheels[`${process.platform}-${process.arch}`]!.cpu!;
    const { name, version, platform } = wheel!;
    const site = join(unfinished, 'site-packages');
    for (const part of [site, join(unfinished, 'downloads')]) mkdirSync(part, { recursive: true });
    // Room for the small files alone.
    vi.mocked(statfs).mockResolvedValueOnce({ bavail: 60, bsize: 1e6 } as never);
    writeFileSync(join(site, 'unpacked.so'), '');
    truncateSync(join(site, 'unpacked.so'), wheel!.unpackedBytes);
    const file = `${name.replaceAll('-', '_')}-${version}-cp311-cp311-${platform}.whl`;
    writeFileSync(join(unfinished, 'downloads', file), '');
    onlyPrograms({ python3: 'exit 0', 'c++': 'exit 0' });
    await expect(install(folder)).rejects.toMatchObject({ code: 'no-download' });
  });

  it.skipIf(!python || !compiler)('stops when it is told to, at the next step', async () => {
    const controller = new AbortController();
    const stages: string[] = [];
    const stopped = install(homeWithAddon(), controller.signal, ({ stage }) => {
      stages.push(stage);
      if (stage.startsWith('Fetching')) controller.abort();
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(stages).toEqual(['Checking what is here', expect.stringContaining('Fetching tensorflow')]);
  });
});
