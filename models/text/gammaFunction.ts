/**
 * The gamma function's relatives that Dirichlet distributions need, for x > 0: shifted upwards by their recurrences to where a few terms
 * of their asymptotic series (Abramowitz and Stegun 6.1.41 and 6.3.18) are exact to about 1e-11.
 */

const seriesFrom = 6;

/** ψ(x) − ln x. */
function digammaLessLog(x: number): number {
  const r = 1 / (x * x);
  const tail = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132)))));
  return -0.5 / x - tail;
}

/** ψ(x), the derivative of ln Γ(x), by ψ(x) = ψ(x + 1) − 1/x. */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < seriesFrom; shifted++) sum += 1 / shifted;
  return Math.log(shifted) + digammaLessLog(shifted) - sum;
}

/** e^ψ(x) without the logarithm: what variational inference asks for, again and again. It is 0 below 0.0013 (less than 1e-308). */
export function expDigamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < seriesFrom; shifted++) sum += 1 / shifted;
  return shifted * Math.exp(digammaLessLog(shifted) - sum);
}

/** ln Γ(x), by Γ(x) = Γ(x + 1) / x. */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < seriesFrom; shifted++) product *= shifted;
  const r = 1 / (shifted * shifted);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / shifted;
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product)
  );
}
