/**
 * What the TensorFlow pack is made of, pinned: the versions that were tried together, each with the checksum that PyPI and
 * npm give it. Any Python will do to fetch them, because nothing of Python is used of a wheel but its C++ libraries.
 */

/** A wheel of PyPI, and what of it is unpacked. */
export interface Wheel {
  name: string;
  version: string;
  /** Platform tag of the file. */
  platform: string;
  /** Size of the file in bytes. */
  bytes: number;
  sha256: string;
  /** Patterns of the members that are unpacked; `*` matches slashes too. */
  members: readonly string[];
  /** Size of those members in bytes. */
  unpackedBytes: number;
}

export type Variant = 'cpu' | 'gpu';

export const TENSORFLOW_VERSION = '2.21.0';

/** The npm package with the addon's sources, and the checksum of its archive. */
export const addonSource = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  integrity:
    'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
} as const;

/** The oldest driver of NVIDIA that runs CUDA 12 (CUDA 12 release notes, table 2: minor version compatibility). */
export const OLDEST_DRIVER = 525;

const tensorflowMembers = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  // What `tensorflow/c/eager/c_api.h` includes.
  'tensorflow/include/tensorflow/c/*.h',
  'tensorflow/include/tensorflow/core/platform/ctstring*.h',
  'tensorflow/include/tsl/platform/ctstring*.h',
  'tensorflow/include/xla/tsl/c/*.h',
];

const tensorflow = (
  wheel: Pick<Wheel, 'name' | 'platform' | 'bytes' | 'sha256' | 'unpackedBytes'>,
): Wheel => ({
  ...wheel,
  version: TENSORFLOW_VERSION,
  members: tensorflowMembers,
});

const nvidia = (
  part: string,
  version: string,
  bytes: number,
  sha256: string,
  unpackedBytes: number,
): Wheel => ({
  name: `nvidia-${part}-cu12`,
  version,
  platform: 'manylinux2014_x86_64',
  bytes,
  sha256,
  members: ['nvidia/*/lib/*.so*', 'nvidia/cuda_nvcc/bin/*', 'nvidia/cuda_nvcc/nvvm/*'],
  unpackedBytes,
});

/** The wheels of each variant by platform and processor, as Node names them; a combination that is missing cannot be installed. */
export const wheels: Readonly<Record<string, Partial<Record<Variant, readonly Wheel[]>>>> = {
  'linux-x64': {
    cpu: [
      tensorflow({
        name: 'tensorflow-cpu',
        platform: 'manylinux_2_27_x86_64',
        bytes: 273_829_956,
        sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
        unpackedBytes: 853_500_000,
      }),
    ],
    // The CUDA that TensorFlow's own metadata asks for (extra "and-cuda"), at the versions it was built with.
    gpu: [
      tensorflow({
        name: 'tensorflow',
        platform: 'manylinux_2_27_x86_64',
        bytes: 572_440_367,
        sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
        unpackedBytes: 1_259_551_882,
      }),
      nvidia(
        'cublas',
        '12.5.3.2',
        363_313_169,
        'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
        551_706_504,
      ),
      nvidia(
        'cuda-cupti',
        '12.5.82',
        13_811_507,
        'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
        43_952_208,
      ),
      nvidia(
        'cuda-nvcc',
        '12.5.82',
        22_468_537,
        'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
        58_804_160,
      ),
      nvidia(
        'cuda-nvrtc',
        '12.5.82',
        24_873_108,
        '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
        68_243_664,
      ),
      nvidia(
        'cuda-runtime',
        '12.5.82',
        895_707,
        '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
        712_032,
      ),
      nvidia(
        'cudnn',
        '9.3.0.75',
        577_163_502,
        '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
        885_338_960,
      ),
      nvidia(
        'cufft',
        '11.2.3.61',
        192_524_114,
        '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
        278_929_256,
      ),
      nvidia(
        'curand',
        '10.3.6.82',
        56_309_107,
        '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
        96_529_840,
      ),
      nvidia(
        'cusolver',
        '11.6.3.83',
        130_341_232,
        '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
        218_141_696,
      ),
      nvidia(
        'cusparse',
        '12.5.1.3',
        217_558_979,
        '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
        295_715_544,
      ),
      nvidia(
        'nccl',
        '2.27.7',
        322_546_339,
        'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
        430_126_192,
      ),
      nvidia(
        'nvjitlink',
        '12.5.82',
        21_298_879,
        'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
        54_560_656,
      ),
    ],
  },
  'linux-arm64': {
    cpu: [
      tensorflow({
        name: 'tensorflow',
        platform: 'manylinux_2_27_aarch64',
        bytes: 281_828_020,
        sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
        unpackedBytes: 883_593_010,
      }),
    ],
  },
};

/** Bytes to fetch for a variant on this platform; null where it cannot be installed. */
export function downloadBytes(
  variant: Variant,
  platform = `${process.platform}-${process.arch}`,
): number | null {
  const needed = wheels[platform]?.[variant];
  return needed ? needed.reduce((sum, { bytes }) => sum + bytes, 0) : null;
}
