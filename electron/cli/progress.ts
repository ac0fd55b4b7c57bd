/** Progress of a job on stderr: one bar that moves on a terminal, a line for each stage elsewhere. */
import { SingleBar } from 'cli-progress';
import type { Job } from '../engine/contract.ts';
import { printNotice } from './terminal.ts';

/** What of a job is shown; other long work has as much. */
type Shown = Pick<
  Job,
  'state' | 'stage' | 'done' | 'total' | 'unit' | 'rate' | 'loss' | 'waiting' | 'secondsLeft'
>;

export class ProgressBar {
  #bar: SingleBar | null = null;
  #stage = '';

  /** Shows the work as it stands now. */
  show(job: Shown): void {
    if (job.state !== 'running') {
      this.#stop();
      return;
    }
    if (!process.stderr.isTTY) {
      if (job.stage !== this.#stage) printNotice(job.stage);
      this.#stage = job.stage;
      return;
    }
    const total = job.total ?? job.done;
    if (job.stage !== this.#stage || !this.#bar) {
      this.#stop();
      this.#stage = job.stage;
      this.#bar = new SingleBar({
        stream: process.stderr,
        format: '{stage} {bar} {value}/{total} {unit}{rate}{loss}{waiting}{left}',
        barsize: 24,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        hideCursor: true,
        linewrap: false,
      });
      this.#bar.start(total, job.done, this.#payload(job));
    }
    this.#bar.setTotal(total);
    this.#bar.update(job.done, this.#payload(job));
  }

  #payload({ stage, unit, rate, loss, waiting, secondsLeft }: Shown): Record<string, string> {
    return {
      stage,
      unit,
      rate: rate === null ? '' : ` · ${Math.round(rate).toLocaleString('en')}/s`,
      loss: loss === null ? '' : ` · loss ${loss.toFixed(3)}`,
      waiting: waiting === null ? '' : ` · waits ${Math.round(100 * waiting)} % for photos`,
      left: secondsLeft === null ? '' : ` · ${formatSeconds(secondsLeft)} left`,
    };
  }

  #stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

/** "12 s", "3 min 5 s", "2 h 10 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
