/** @jsxImportSource react */
import type {} from 'ai-now-studio/react';

export const good = (
  <ai-now-studio mode="demo" publishable-key="pk_1" className="wide" texts={{ generate: 'Go' }}
    onai-now-completed={({ detail }) => detail.url.length} ref={(studio) => { studio?.cancel(); }} />
);
// @ts-expect-error: There is no such mode.
export const bad = <ai-now-studio mode="offline" />;
