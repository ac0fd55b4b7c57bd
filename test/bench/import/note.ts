/** Tells a figure, beside what it should be. */
export type Note = (what: string, measured: string, goal?: string) => void;

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
