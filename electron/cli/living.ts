/** Commands for a library that lives: reading everything again, and forgetting what is gone. */
import type { SimilarPhoto, SimilarSet } from '../engine/contract.ts';
import { importSummary, printReport } from './commands.ts';
import { finished, type LibraryOptions, withLibrary } from './session.ts';
import { print, printJson } from './terminal.ts';
import { UsageError } from './usage.ts';

export async function rescan(options: LibraryOptions): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    const job = await finished(engine, () => engine.calls.rescan());
    const report = (await engine.calls.importReport())!;
    if (options.json) printJson(report);
    else {
      print(job.message ?? '');
      printReport(report);
      print(importSummary((await engine.calls.libraryStatus())!));
    }
  });
}

/** Forgets photos whose files are gone. Without `--missing` it only says what there is. */
export async function forget(options: LibraryOptions & { missing?: boolean }): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    const { total, photos } = await engine.calls.lostPhotos({ limit: 1000 });
    if (!options.missing)
      throw new UsageError(
        `${total} photos of this library have no file any more. Say --missing to forget them with their words; it cannot be undone.`,
      );
    const { forgotten } = await engine.calls.forgetLost();
    if (options.json) {
      printJson({ forgotten });
      return;
    }
    for (const { path } of photos) print(`  ${path}`);
    print(`${forgotten} photos forgotten.`);
  });
}

/** Lists near-duplicates, set by set. */
export async function duplicates(options: LibraryOptions): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    const { waiting } = await engine.calls.similarPhotos({ limit: 1 });
    if (waiting > 0) await finished(engine, async () => ({ job: (await engine.calls.comparePhotos()).job! }));
    const sets: SimilarSet[] = [];
    for (;;) {
      const page = await engine.calls.similarPhotos({ offset: sets.length, limit: 500 });
      sets.push(...page.sets);
      if (page.sets.length === 0 || sets.length >= page.total) break;
    }
    if (options.json) {
      printJson({ sets: sets.map(({ similarity, photos }) => ({ similarity, photos: photos.map(asJson) })) });
      return;
    }
    for (const { similarity, photos } of sets) {
      print(`${photos.length} photos, alike to ${similarity.toFixed(2)}`);
      for (const { path, width, height, bytes, takenAt } of photos)
        print(`  ${width} × ${height}  ${(bytes / 1e6).toFixed(1)} MB  ${takenAt ?? 'no date'}  ${path}`);
    }
    print(`${sets.length} sets of photos that look alike.`);
  });
}

const asJson = ({ id, path, folder, width, height, bytes, takenAt }: SimilarPhoto): unknown => ({
  id,
  path,
  folder,
  width,
  height,
  bytes,
  takenAt,
});
