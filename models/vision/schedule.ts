/** How the learning rate moves over a training. */

/** A schedule as data, so that a training can be described to another process. `warmUp` is a share of the steps. */
export type Schedule =
  | { kind: 'one-cycle' }
  | { kind: 'warm-cosine'; warmUp: number }
  | { kind: 'step-decay'; every: number };

/** The rate at a step of a training of so many. @param step from 0 to steps − 1. */
export function scheduledRate(schedule: Schedule, step: number, steps: number, peak: number): number {
  if (schedule.kind === 'one-cycle') return oneCycle(step, steps, peak);
  if (schedule.kind === 'step-decay') return stepDecay(step, peak, schedule.every);
  return warmCosine(step, steps, peak, Math.round(schedule.warmUp * steps));
}

/**
 * One-cycle policy (Smith and Topin 2019): a cosine rise from peak / 25 over the first `warmup` of the steps, then a
 * cosine fall to nearly zero. Short trainings bear a higher peak this way.
 *
 * @param step from 0 to steps − 1.
 */
export function oneCycle(step: number, steps: number, peak: number, warmup = 0.3): number {
  const start = peak / 25;
  const end = start / 1e4;
  const turn = Math.max(1, warmup * steps - 1);
  const last = Math.max(turn + 1, steps - 1);
  return step <= turn
    ? cosine(start, peak, step / turn)
    : cosine(peak, end, Math.min(1, (step - turn) / (last - turn)));
}

/**
 * Cosine fall to zero (Loshchilov and Hutter 2017, without restarts) after a linear rise over the first `warmup` steps, which keeps
 * the first, wild gradients from undoing what a network already knows (Goyal et al. 2017).
 *
 * @param step from 0 to steps − 1.
 */
export function warmCosine(step: number, steps: number, peak: number, warmup: number): number {
  if (step < warmup) return (peak * (step + 1)) / (warmup + 1);
  return cosine(peak, 0, (step - warmup) / Math.max(1, steps - warmup));
}

/** A rate that falls by `factor` every so many steps: the seed system's, with 100,000 steps and .1. */
export function stepDecay(step: number, rate: number, every: number, factor = 0.1): number {
  return rate * factor ** Math.floor(step / every);
}

function cosine(from: number, to: number, fraction: number): number {
  return to + ((from - to) / 2) * (Math.cos(Math.PI * fraction) + 1);
}
