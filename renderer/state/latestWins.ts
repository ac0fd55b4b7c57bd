/**
 * One request in flight, and only the latest of those that wait: what a slider needs that asks again with every pixel.
 */

/**
 * Wraps `task` so that it never runs twice at once. Of the calls that come while it runs, only the last is made, when the
 * running one has ended. The promise of every call is fulfilled when a run that began after that call has ended, and
 * rejected if that run failed.
 */
export function latestWins<Arguments extends unknown[]>(
  task: (...given: Arguments) => Promise<void>,
): (...given: Arguments) => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: { given: Arguments; promise: Promise<void> } | undefined;

  const start = (given: Arguments): Promise<void> => {
    const run = task(...given).finally(() => {
      if (running === run) running = undefined;
    });
    running = run;
    return run;
  };

  return (...given) => {
    if (waiting) {
      waiting.given = given;
      return waiting.promise;
    }
    if (!running) return start(given);
    const next = async (): Promise<void> => {
      await running?.catch(() => undefined);
      const latest = waiting!.given;
      waiting = undefined;
      await start(latest);
    };
    waiting = { given, promise: Promise.resolve() };
    waiting.promise = next();
    return waiting.promise;
  };
}
