/** The process that trains, started by `startWorker('train-worker')`. What it can do is `TrainWorker`. */
import { useWasm } from '../../../native/compute/wasm.ts';
import { runTraining, type TrainingHost, type TrainWorker } from '../train/training.ts';
import { serveWorker } from './workerProcess.ts';

let cancelled = false;

const host: TrainingHost = serveWorker<TrainingHost, TrainWorker>({
  async train(library, modelFolder, request) {
    await useWasm();
    return runTraining(library, modelFolder, request, host, () => cancelled);
  },
  cancel() {
    cancelled = true;
  },
});
