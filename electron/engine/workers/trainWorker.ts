/** The process that trains, started by `startWorker('train-worker')`. What it can do is `TrainWorker`. */
import { useTensorflow } from '../../../native/compute/tensorflow/addon.ts';
import { useWasm } from '../../../native/compute/wasm.ts';
import { compareSteps, trainingStep } from '../train/proof.ts';
import { runTraining, type TrainingHost, type TrainWorker } from '../train/training.ts';
import { serveWorker } from './workerProcess.ts';

let cancelled = false;

const host: TrainingHost = serveWorker<TrainingHost, TrainWorker>({
  train(library, modelFolder, home, request) {
    return runTraining(library, modelFolder, home, request, host, () => cancelled);
  },
  cancel() {
    cancelled = true;
  },
  async prove(addon) {
    await useWasm();
    const reference = await trainingStep();
    const { gpu } = await useTensorflow(addon);
    compareSteps(await trainingStep(), reference);
    return { gpu };
  },
});
