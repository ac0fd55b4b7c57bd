/** What concerns several parts of the window: another model, another library, and what lies over the photos. */
import { describe, expect, it } from 'vitest';
import type { DialogName } from '../../renderer/state/application.svelte.ts';
import { shortcutOf } from '../../renderer/text/shortcut.ts';
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

describe('a shortcut', () => {
  /** A key pressed where the focus is on something that `closest` finds among what takes keys, or is not. */
  const pressed = (key: string, rest: object = {}, takesKeys = false) =>
    shortcutOf({
      key,
      target: { closest: () => (takesKeys ? {} : null) } as unknown as Element,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      isComposing: false,
      defaultPrevented: false,
      ...rest,
    });

  it('is a key alone, with Caps Lock or without, where nothing else takes it', () => {
    expect([pressed('w'), pressed('W'), pressed('?')]).toEqual(['w', 'w', '?']);
    for (const held of ['ctrlKey', 'metaKey', 'altKey', 'isComposing', 'defaultPrevented'])
      expect(pressed('w', { [held]: true })).toBeNull();
    expect(pressed('w', {}, true)).toBeNull();
  });

  it('leads from any screen to another, and to the search box', async () => {
    const { application, engine } = applicationState();
    const { words, tags, training, similar } = application;
    engine.tell('library', aLibrary());
    similar.isOpen = true;
    const open = () => [words, tags, training, similar].map(({ isOpen }) => isOpen);
    for (const [key, ...shown] of [
      ['w', true, false, false, false],
      ['k', false, true, false, false],
      ['t', false, false, true, false],
      ['/', false, false, false, false],
    ] as const) {
      expect(application.pressShortcut(key)).toBe(true);
      expect(open()).toEqual(shown);
    }
    expect(application.wantsSearchBox).toBe(true);
    expect(application.pressShortcut('x')).toBe(false);
  });

  it('opens nothing again that is open: choices made there stay', () => {
    const { application, engine, inputsOf } = applicationState();
    engine.tell('library', aLibrary());
    application.pressShortcut('t');
    const asked = inputsOf('jobs').length;
    application.pressShortcut('t');
    expect(inputsOf('jobs')).toHaveLength(asked);
  });

  it('does nothing under a dialog or an open photo, and needs a library where it shows one', () => {
    const { application, engine } = applicationState();
    expect(application.pressShortcut('w')).toBe(false);
    expect(application.pressShortcut('?')).toBe(true);
    expect(application.dialog).toBe('shortcuts');
    expect(application.pressShortcut(',')).toBe(false);
    application.dialog = null;
    engine.tell('library', aLibrary());
    application.viewer.photo = photo;
    expect(application.pressShortcut('w')).toBe(false);
    application.viewer.close();
    application.folderRequest = { title: '', action: '', answer: () => {} };
    expect(application.pressShortcut(',')).toBe(false);
    expect(application.dialog).toBeNull();
  });
});
