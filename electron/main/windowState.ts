/** Where the window was when it was last closed, kept in the user's data folder. A damaged file only loses that. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const stateSchema = z.object({
  x: z.number().int().exactOptional(),
  y: z.number().int().exactOptional(),
  width: z.number().int().min(480).max(20_000),
  height: z.number().int().min(320).max(20_000),
  maximized: z.boolean(),
});

/** Position and size of the window in pixels of the desktop, as they are when it is not maximized. */
export type WindowState = z.infer<typeof stateSchema>;

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const defaultWindowState: WindowState = { width: 1280, height: 840, maximized: false };

/** How much of the window's top must be on a display to be dragged back, in pixels. */
const GRIP = 80;

/** The state in a JSON text, or the default if the text is anything else. */
export function parseWindowState(text: string): WindowState {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return defaultWindowState;
  }
}

/** The same state where it can be seen: without its position if the display it was on is gone. */
export function onSomeDisplay(state: WindowState, displays: readonly Rectangle[]): WindowState {
  const { x, y, ...size } = state;
  if (x === undefined || y === undefined) return size;
  const visible = displays.some((display) => {
    const overlap = Math.min(x + size.width, display.x + display.width) - Math.max(x, display.x);
    return overlap >= GRIP && y >= display.y && y <= display.y + display.height - GRIP;
  });
  return visible ? state : size;
}

/** Reads the state; the default if there is none. */
export function readWindowState(path: string): WindowState {
  try {
    return parseWindowState(readFileSync(path, 'utf8'));
  } catch {
    return defaultWindowState;
  }
}

/** Keeps the state. Throws only what the file system throws. */
export function writeWindowState(path: string, state: WindowState): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(state));
}
