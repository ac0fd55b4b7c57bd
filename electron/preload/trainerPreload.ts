/** Runs in the window that trains before its page, and hands it the port to the training process. */
import { channels } from './channels.ts';
import { handOver } from './ports.ts';

handOver(channels.trainerPort);
