import { mount } from 'svelte';
import App from './App.svelte';
import { keepConnected } from './state/engine.ts';
import './style.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
void keepConnected();
mount(App, { target });
