/** @jsxImportSource preact */
import type {} from 'ai-now-studio/preact';

export const good = <ai-now-studio mode="demo" models="suno" onai-now-failed={({ detail }) => detail.message.length} />;
// @ts-expect-error: There is no such mode.
export const bad = <ai-now-studio mode="offline" />;
