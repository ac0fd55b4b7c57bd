/** Where the desktop application starts. */
import { startShell } from './shell.ts';

startShell();
