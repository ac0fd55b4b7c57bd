/** The process that trains, started by `startWorker('train-worker')`. What it can do is `TrainWorker`. */
import { chooseBackend } from '../../../native/compute/backends.ts';
import { useTensorflow } from '../../../native/compute/tensorflow/addon.ts';
import { useWasm } from '../../../native/compute/wasm.ts';
import { compareSteps, trainingStep } from '../train/proof.ts';
import { TrainerWindow } from '../train/trainerWindow.ts';
import { runTraining, type TrainingHost, type TrainWorker } from '../train/training.ts';
import { openWindow, shellPort } from './shellPort.ts';
import { serveWorker } from './workerProcess.ts';

let cancelled = false;

/** Inside Electron WebGPU is in a window. */
const window = shellPort && new TrainerWindow(() => openWindow(shellPort!));

const host: TrainingHost = serveWorker<TrainingHost, TrainWorker>({
  train(library, modelFolder, home, request) {
    return runTraining(library, modelFolder, home, request, host, () => cancelled, window);
  },
  cancel() {
    cancelled = true;
  },
  async findBackend(home) {
    const backend = await chooseBackend('auto', home, window?.useCard);
    window?.close();
    return backend;
  },
  async prove(addon) {
    await useWasm();
    const reference = await trainingStep();
    const { gpu } = await useTensorflow(addon);
    compareSteps(await trainingStep(), reference);
    return { gpu };
  },
});
