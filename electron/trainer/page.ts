/** Where the window that trains starts. */
import { type Gpu, useGraphicsCard } from '../../native/compute/webgpuCard.ts';
import { handedPort } from '../engine/channel.ts';
import { serveTrainer } from './trainerService.ts';

const channel = await handedPort(window);
// Nobody else closes a window that is not seen.
channel.onClose?.(() => window.close());
serveTrainer(channel, async (options) => {
  const { gpu } = navigator as unknown as { gpu?: Gpu };
  if (!gpu) throw new Error('this system has no WebGPU');
  return useGraphicsCard(gpu, options);
});
