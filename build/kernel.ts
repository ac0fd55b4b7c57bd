/**
 * Compiles the SIMD kernels from AssemblyScript: `node build/kernel.ts` writes `native/scan/kernel.wasm` and
 * `models/text/kernel/compiled.ts`, which are committed, so that nothing needs the compiler at run time. The compiler is
 * deterministic; unit tests compile again and compare the bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { projectRoot } from '../native/runtime.ts';

const scanFolder = join(projectRoot, 'native', 'scan');
const textFolder = join(projectRoot, 'models', 'text', 'kernel');

/** The scan of `native/scan`, compiled. Throws an Error with the compiler's messages if the source does not compile. */
export const compileScanKernel = (): Promise<Uint8Array> =>
  compile('scan', join(scanFolder, 'kernel', 'assembly.ts'));

/** A memory that several threads see, as large as it can be: the module takes any that is no larger. */
const sharedMemory = [['--enable', 'threads'], ['--sharedMemory'], ['--maximumMemory', '65536']];

/** The training step of `models/text`, compiled, in base64: pure TypeScript cannot read a file. Throws as the other. */
export async function compileTextKernel(): Promise<string> {
  return Buffer.from(await compile('text', join(textFolder, 'predict.as'), sharedMemory)).toString('base64');
}

async function compile(name: string, path: string, memory: readonly string[][] = []): Promise<Uint8Array> {
  // The compiler knows a source by the extension .ts, whatever the file's own is.
  const source = `${name}.ts`;
  const output = `${name}.wasm`;
  let compiled: Uint8Array | undefined;
  const options = [
    ['--outFile', output],
    ['--optimizeLevel', '3'],
    ['--converge'],
    ['--noAssert'],
    ['--runtime', 'stub'],
    ['--enable', 'simd'],
    ['--importMemory'],
    ['--initialMemory', '1'],
    ...memory,
  ];
  const { error, stderr } = await asc.main([source, ...options.flat()], {
    // One file, read by name alone: the compiler also asks for configuration files, which there are none of.
    readFile: (wanted) => (wanted === source ? readFileSync(path, 'utf8') : null),
    writeFile: (written, contents) => {
      if (written === output) compiled = contents as unknown as Uint8Array;
    },
  });
  if (error || !compiled) throw new Error(`The ${name} kernel does not compile:\n${stderr.toString()}`);
  return compiled;
}

if (import.meta.main) {
  writeFileSync(join(scanFolder, 'kernel.wasm'), await compileScanKernel());
  writeFileSync(
    join(textFolder, 'compiled.ts'),
    [
      '/** `predict.as`, compiled to WebAssembly, in base64. Made by `node build/kernel.ts`; not to be edited. */',
      `export const compiledKernel =\n  '${await compileTextKernel()}';\n`,
    ].join('\n'),
  );
}
