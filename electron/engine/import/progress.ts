import type { Job } from '../contract.ts';

/** How far a piece of long work is: what a job tells, less what the job itself knows. */
export type Progress = Pick<Job, 'stage' | 'done' | 'total' | 'unit'> &
  Partial<Pick<Job, 'loss' | 'waiting'>>;
