import type { GlobalComponents } from 'vue';
import type {} from 'ai-now-studio/vue';

type Studio = InstanceType<GlobalComponents['ai-now-studio']>['$props'];
export const good: Studio = { mode: 'demo', class: 'wide', onAiNowCompleted: ({ detail }) => detail.url.length };
// @ts-expect-error: There is no such mode.
export const bad: Studio = { mode: 'offline' };
