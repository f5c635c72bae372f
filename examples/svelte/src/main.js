import { mount } from 'svelte';
import Studio from './Studio.svelte';

mount(Studio, { target: document.getElementById('app') });
