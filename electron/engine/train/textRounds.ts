/**
 * How the threads of a text training keep step: they read, meet, merge, meet, and read on, with nothing but a few numbers of
 * shared memory between them. See [Note: replicas] in models/text/replicas.ts.
 */
import { Replica, type ReplicaPlan, type ReplicaState } from '../../../models/text/replicas.ts';

/** What a thread is started with. */
export interface ThreadTask {
  plan: ReplicaPlan;
  index: number;
  shared: SharedRounds;
}

/** What all threads and their starter see. */
export interface SharedRounds {
  /** [4]: see the places below. */
  control: Int32Array;
  /** [threads × 3]: words done, sum of losses and predictions of each thread so far. */
  sums: Float64Array;
}

/** What a thread tells its starter. */
export type ThreadMessage =
  | { kind: 'progress' }
  /** Where the thread is. It waits until `release`, or ends if `last`. */
  | { kind: 'state'; index: number; round: number; state: ReplicaState['readers'][number]; last: boolean };

/** Places in `control`: threads that have come to the meeting, … */
const arrived = 0;
/** … meetings so far, … */
const meetings = 1;
/** … what the starter wishes, … */
const wish = 2;
/** … and what the threads do after this meeting. */
const decision = 3;

const goOn = 0;
const tellState = 1;
const stop = 2;

/** Words between two looks at what the starter wishes: some milliseconds. */
const chunkWords = 2_000;
/** Milliseconds between two reports of progress. */
const reportInterval = 100;

/** Numbers for `threads` threads that begin with so many words done each. */
export function createSharedRounds(wordsDone: readonly number[]): SharedRounds {
  const sums = new Float64Array(new SharedArrayBuffer(8 * 3 * wordsDone.length));
  for (const [thread, words] of wordsDone.entries()) sums[3 * thread] = words;
  return { control: new Int32Array(new SharedArrayBuffer(16)), sums };
}

/** Words done, sum of losses and predictions of all threads. */
export function totals({ sums }: SharedRounds): { wordsDone: number; loss: number; predictions: number } {
  const total = (place: number): number =>
    sums.reduce((sum, value, at) => (at % 3 === place ? sum + value : sum), 0);
  return { wordsDone: total(0), loss: total(1), predictions: total(2) };
}

/** Asks the threads to stop where they are. */
export function askToStop({ control }: SharedRounds): void {
  Atomics.store(control, wish, stop);
}

/** Asks the threads to tell their states at their next meeting and to wait there. A wish to stop stays. */
export function askForState({ control }: SharedRounds): void {
  Atomics.compareExchange(control, wish, goOn, tellState);
}

/** Lets the threads that have told their states go on. */
export function release({ control }: SharedRounds): void {
  Atomics.compareExchange(control, wish, tellState, goOn);
  Atomics.store(control, decision, goOn);
  Atomics.notify(control, decision);
}

/** A thread's work, from start to end. */
export function takePart({ plan, index, shared }: ThreadTask, post: (message: ThreadMessage) => void): void {
  const { control, sums } = shared;
  const threads = plan.readers.length;
  const replica = new Replica(plan, index);
  let reported = Number.NEGATIVE_INFINITY;
  const report = (): void => {
    const { learner, wordsDone } = replica.reader;
    sums[3 * index] = wordsDone;
    sums[3 * index + 1] = learner.loss;
    sums[3 * index + 2] = learner.predictions;
    if (index > 0 || performance.now() - reported < reportInterval) return;
    reported = performance.now();
    post({ kind: 'progress' });
  };
  const isStopped = (): boolean => Atomics.load(control, wish) === stop;
  for (let round = plan.round; round < plan.rounds; round++) {
    let more = true;
    while (more && !isStopped()) {
      more = replica.read(round, chunkWords);
      report();
    }
    meet(control, threads);
    replica.merge(round);
    // One decides for all: the wish may change while they look.
    if (index === 0) Atomics.store(control, decision, Atomics.load(control, wish));
    meet(control, threads);
    const decided = Atomics.load(control, decision);
    if (decided === goOn) continue;
    // Stopped in the middle of a round, they will do the rest of it.
    const done = decided === stop ? round : round + 1;
    const last = decided === stop;
    post({ kind: 'state', index, round: done, state: replica.reader.state(), last });
    if (last) return;
    Atomics.wait(control, decision, tellState);
  }
  post({ kind: 'state', index, round: plan.rounds, state: replica.reader.state(), last: true });
}

/** Waits until all threads are here. */
function meet(control: Int32Array, threads: number): void {
  const meeting = Atomics.load(control, meetings);
  if (Atomics.add(control, arrived, 1) === threads - 1) {
    Atomics.store(control, arrived, 0);
    Atomics.add(control, meetings, 1);
    Atomics.notify(control, meetings);
    return;
  }
  while (Atomics.load(control, meetings) === meeting) Atomics.wait(control, meetings, meeting);
}
