/** Choosing a folder: what is shown is what was asked for last, and what is opened is what the path says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FolderChoice } from '../../renderer/state/folderChoice.svelte.ts';
import { engineClient } from '../fixtures/engineClient.ts';

let choice: FolderChoice;
let asked: (string | undefined)[];
/** Holds back the answer about one folder. */
let slow: { path: string; until: Promise<void> } | null;

beforeEach(async () => {
  asked = [];
  slow = null;
  choice = new FolderChoice(
    engineClient({
      listFolder: async ({ path = '/home' }) => {
        asked.push(path);
        if (slow && slow.path === path) await slow.until;
        if (path.includes('nowhere')) throw new Error('There is no such folder.');
        return { path, parent: '/', folders: ['photos'], photos: 3 };
      },
    }),
  );
  await choice.go();
});

describe('choosing a folder', () => {
  it('shows the folder that was asked for last, whichever answer comes last', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    slow = { path: '/slow', until: promise };
    const first = choice.go('/slow');
    expect(await choice.go('/quick')).toBe(true);
    resolve();
    expect(await first).toBe(false);
    expect([choice.folder?.path, choice.path]).toEqual(['/quick', '/quick']);
  });

  it('leaves alone what is typed while a folder is looked into', async () => {
    const going = choice.go('/quick');
    choice.path = '/else';
    await going;
    expect([choice.folder?.path, choice.path]).toEqual(['/quick', '/else']);
  });

  it('enters folders by the separator of the machine, also in its root', async () => {
    await choice.enter('photos');
    await choice.go('/');
    await choice.enter('photos');
    await choice.go('C:\\Users');
    await choice.enter('photos');
    expect(asked).toEqual(['/home', '/home/photos', '/', '/photos', 'C:\\Users', 'C:\\Users\\photos']);
  });

  it('opens the folder that is typed, and the one that is shown without asking again', async () => {
    expect(await choice.choose()).toBe('/home');
    choice.path = '/home/photos';
    expect(await choice.choose()).toBe('/home/photos');
    expect(asked).toEqual(['/home', '/home/photos']);
  });

  it('says what is wrong with a path until another is typed, which can be opened then', async () => {
    choice.path = '/nowhere';
    expect(await choice.choose()).toBeNull();
    expect([choice.problem, choice.folder?.path]).toEqual(['There is no such folder.', '/home']);
    choice.path = '/home';
    expect(choice.problem).toBeNull();
    expect(await choice.choose()).toBe('/home');
  });
});
