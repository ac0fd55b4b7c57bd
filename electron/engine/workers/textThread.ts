/** A thread that trains text embeddings, started by `trainText`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ThreadTask, takePart } from '../train/textRounds.ts';

takePart(workerData as ThreadTask, (message) => parentPort!.postMessage(message));
