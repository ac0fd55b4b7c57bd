/** The page's beginning: connects to the engine that this page belongs to, and shows the application. */
import './withoutEval.ts';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import { connectEngine, pageChannel } from '../electron/engine/wire.ts';
import App from './App.svelte';
import { showLastTheme } from './state/preferences.svelte.ts';

showLastTheme();
mount(App, {
  target: document.getElementById('app')!,
  props: { engine: connectEngine(pageChannel()), shell: window.photolex },
});
