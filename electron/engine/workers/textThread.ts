/**
 * One of the threads that learn a text embedding together, started by `TextThreads`. Rounds are asked for by messages; within a
 * round the threads wait for each other at barriers in shared memory. See [Note: replicas add up what they learnt].
 */
import { parentPort, workerData } from 'node:worker_threads';
import { addReplicas, Replica, shareOf } from '../../../models/text/replica.ts';
import {
  CANCELLED,
  type TextThreadData,
  type ThreadReply,
  type ThreadRequest,
  waitForAll,
} from '../train/textThreads.ts';

const { thread, threads, seed, plan, corpus, common, replicas, control, place } =
  workerData as TextThreadData;
const { dimension } = plan.options;
const texts = Array.from({ length: corpus.starts.length - 1 }, (_, text) =>
  corpus.words.subarray(corpus.starts[text]!, corpus.starts[text + 1]!),
);
const replica = new Replica(
  plan,
  shareOf(texts, thread, threads),
  common.inputs,
  common.outputs,
  seed + thread,
);
if (place) replica.restore({ ...common, ...place });
let done = place?.wordsDone ?? 0;

/** Words between two looks at the flag that cancels. */
const STEP = 2_000;

/** Learns from about so many words, and goes on from what all have learnt. */
function learn(words: number): ThreadReply {
  let [sum, steps] = [0, 0];
  const until = done + words;
  while (!replica.done && done < until && Atomics.load(control, CANCELLED) === 0) {
    const { wordsDone, loss } = replica.step(Math.min(STEP, until - done));
    done = wordsDone;
    sum += loss;
    steps++;
  }
  replica.give(replicas[thread]!.inputs, replicas[thread]!.outputs);
  waitForAll(control, threads);
  for (const name of ['inputs', 'outputs'] as const) {
    const rows = common[name].length / dimension;
    const part = (index: number): number => Math.floor((rows * index) / threads);
    addReplicas(
      common[name],
      replicas.map((other) => other[name]),
      dimension,
      part(thread),
      part(thread + 1),
    );
  }
  waitForAll(control, threads);
  replica.take(common.inputs, common.outputs);
  return { kind: 'learned', wordsDone: done, loss: steps > 0 ? sum / steps : 0 };
}

parentPort!.on('message', (request: ThreadRequest) => {
  parentPort!.postMessage(
    request.kind === 'learn'
      ? learn(request.words)
      : ({ kind: 'place', place: replica.place() } satisfies ThreadReply),
  );
});
