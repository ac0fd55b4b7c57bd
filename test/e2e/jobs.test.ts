/** What the foot of the window says of work that an earlier session left unfinished, and going on with it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { leaveJob } from '../fixtures/jobs.ts';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

const imported = learnedAlbum(null);

describe.skipIf(!canLaunch())('interrupted work', () => {
  it('is named each for itself, and goes on as what it was', async () => {
    const { engine, path } = await imported.open();
    leaveJob(path, 'train', { holdout: 0.3 });
    leaveJob(path, 'import', { rescan: true });
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    const { page } = window;
    const training = page.getByRole('region', { name: 'Learning' });
    const reading = page.getByRole('region', { name: 'Reading photos' });
    await training.getByText('Learning was interrupted. What was done so far is kept.').waitFor();
    await reading.getByText('Reading photos was interrupted. What was done so far is kept.').waitFor();
    await window.expectAccessible();

    await reading.getByRole('button', { name: 'Resume' }).click();
    await reading.getByText(/120 unchanged/).waitFor();
    expect(await training.isVisible()).toBe(true);
  });
});
