import { afterEach, expect, test, vi } from 'vitest';
import type { Channel } from '../../electron/engine/channel.ts';
import { TrainerWindow } from '../../electron/engine/train/trainerWindow.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a window that opens after it was given up is closed', async () => {
  vi.useFakeTimers();
  const opening = Promise.withResolvers<Channel>();
  const window = new TrainerWindow(() => opening.promise);
  const refused = expect(window.useCard({ software: false })).rejects.toThrow(
    'did not open within 30 seconds',
  );
  await vi.advanceTimersByTimeAsync(30_000);
  await refused;
  const channel = { send: vi.fn(), onMessage: vi.fn(), close: vi.fn() };
  opening.resolve(channel);
  await vi.waitFor(() => expect(channel.close).toHaveBeenCalledOnce());
  expect(channel.send).not.toHaveBeenCalled();
});
