/** How the learning rate moves over a training. */

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

function cosine(from: number, to: number, fraction: number): number {
  return to + ((from - to) / 2) * (Math.cos(Math.PI * fraction) + 1);
}
