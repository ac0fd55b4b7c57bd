/** Keeps zod from trying whether code can be made from text, which the content security policy forbids. Imported first. */
import { config } from 'zod';

config({ jitless: true });
