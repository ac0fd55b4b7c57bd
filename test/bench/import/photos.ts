import type { Note } from './note.ts';
export async function benchPhotos(_folder: string, _photos: number, _note: Note): Promise<void> {}
