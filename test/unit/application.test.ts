/** What concerns several parts of the window: another model, another library, and what lies over the photos. */
import { describe, expect, it } from 'vitest';
import type { DialogName } from '../../renderer/state/application.svelte.ts';
import { aLibrary, applicationState } from '../fixtures/applicationState.ts';
import { until } from '../fixtures/until.ts';

const photo = { id: 7, width: 3, height: 2, revision: 'a' } as never;

describe('another model', () => {
  it('searches again and explains the open photo anew, whether it was told or chosen here', async () => {
    const { application, engine, inputsOf } = applicationState({
      activateModel: ({ model }) => aLibrary({}, model),
      explain: () => ({ contributions: [], seen: [] }),
      photoDetails: () => ({ members: [] }),
      suggestTags: () => ({ photos: [] }),
    });
    engine.tell('library', aLibrary());
    application.search.query.addWord('beach');
    await application.viewer.openAmong([photo], 0);
    const searches = inputsOf('search').length;
    const explained = inputsOf('explain').length;

    await application.library.activate('model-2');
    expect(application.library.model?.id).toBe('model-2');
    await until(() => inputsOf('search').length === searches + 1);
    await until(() => inputsOf('explain').length === explained + 1);

    // The event that follows the answer brings nothing new.
    engine.tell('library', aLibrary({}, 'model-2'));
    engine.tell('library', aLibrary({}, 'model-3'));
    await until(() => inputsOf('explain').length === explained + 2);
    await until(() => inputsOf('search').length === searches + 2);
  });

  it('is the one chosen last, however the answers come', async () => {
    const asked: { model: string; answer: () => void }[] = [];
    const { application, engine } = applicationState({
      activateModel: ({ model }) =>
        new Promise((resolve) => {
          asked.push({ model, answer: () => resolve(aLibrary({}, model)) });
        }),
    });
    engine.tell('library', aLibrary());
    const chosen = ['model-2', 'model-3', 'model-1'].map((id) => application.library.activate(id));
    expect(asked.map(({ model }) => model)).toEqual(['model-2']);
    asked[0]!.answer();
    await until(() => asked.length === 2);
    asked[1]!.answer();
    await Promise.all(chosen);
    expect(asked.map(({ model }) => model)).toEqual(['model-2', 'model-1']);
    expect(application.library.model?.id).toBe('model-1');
  });
});

describe('another library', () => {
  it.each<[DialogName, DialogName | null]>([
    ['report', null],
    ['sidecars', null],
    ['lost', null],
    ['settings', 'settings'],
    ['shortcuts', 'shortcuts'],
  ])('with the dialog %s open leaves %s', (open, left) => {
    const { application, engine } = applicationState();
    engine.tell('library', aLibrary());
    application.dialog = open;
    engine.tell('library', aLibrary({ photos: 4 }));
    expect(application.dialog).toBe(open);
    engine.tell('library', aLibrary({ path: '/libraries/Others' }));
    expect(application.dialog).toBe(left);
  });

  it('is searched whole again', () => {
    const { application, engine } = applicationState();
    engine.tell('library', aLibrary());
    application.search.setUntagged(true);
    engine.tell('library', null);
    expect(application.search.untagged).toBe(false);
  });
});

describe('what joins the query', () => {
  it('is seen at once, whatever lay over the photos', async () => {
    const { application, engine } = applicationState({ addImage: () => ({ image: 'dropped' }) });
    const { viewer, words, tags, training, similar, search } = application;
    engine.tell('library', aLibrary());
    const screens = [words, tags, training, similar];
    const shown = () => [viewer, ...screens].filter(({ isOpen }) => isOpen).length;
    for (const add of [
      () => application.addPicture(new File(['bytes'], 'cat.jpg')),
      () => viewer.moreLike(photo),
    ]) {
      for (const screen of screens) screen.isOpen = true;
      viewer.photo = photo;
      search.query.clear();
      await add();
      expect(shown()).toBe(0);
      expect(search.query.chips).toHaveLength(1);
    }
  });
});
