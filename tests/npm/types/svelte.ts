import type { SvelteHTMLElements } from 'svelte/elements';
import type {} from 'ai-now-studio/svelte';

type Studio = SvelteHTMLElements['ai-now-studio'];
export const good: Studio = { mode: 'demo', 'onai-now-completed': ({ detail }) => detail.url.length };
// @ts-expect-error: There is no such mode.
export const bad: Studio = { mode: 'offline' };
