/** @jsxImportSource solid-js */
import type {} from 'ai-now-studio/solid';

export const good = <ai-now-studio mode="demo" prop:texts={{ generate: 'Go' }} on:ai-now-completed={({ detail }) => detail.url.length} />;
// @ts-expect-error: There is no such mode.
export const bad = <ai-now-studio mode="offline" />;
