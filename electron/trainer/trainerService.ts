/** What the page of the window that trains does: the trainer of `models/`, asked over a channel. See [Note: Training in a window]. */
import { createBirpc } from 'birpc';
import type { TrainableNetwork } from '../../models/vision/trainableNetwork.ts';
import type { Trainer } from '../../models/vision/trainer.ts';
import { createTrainer } from '../../models/vision/trainingTask.ts';
import type { Channel } from '../engine/channel.ts';
import type { TrainerOwner, TrainerPage } from '../engine/train/trainerWindow.ts';

/** Serves one training process until its channel closes. @param useCard see `TrainerPage` */
export function serveTrainer(channel: Channel, useCard: TrainerPage['useCard']): void {
  let current: { trainer: Trainer; network: TrainableNetwork } | null = null;
  const trainer = (): Trainer => {
    if (!current) throw new Error('There is no training.');
    return current.trainer;
  };
  const owner = createBirpc<TrainerOwner, TrainerPage>(
    {
      useCard: (options) => told(() => useCard(options)),
      start: (task) =>
        told(() => {
          current?.network.dispose();
          current = null;
          current = createTrainer(task, (photos, step) => owner.load(photos, step));
        }),
      step: () => told(() => trainer().step()),
      state: () => told(() => trainer().state()),
      restore: (state) => told(() => trainer().restore(state)),
    },
    {
      post: (message) => channel.send(message),
      on: (listener) => channel.onMessage(listener),
      timeout: -1,
    },
  );
  channel.onClose?.(() => owner.$close());
}

/** Does what was asked; what goes wrong is thrown as text, because not every carrier keeps errors. */
async function told<T>(work: () => T): Promise<Awaited<T>> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error ? error.message : String(error);
  }
}
