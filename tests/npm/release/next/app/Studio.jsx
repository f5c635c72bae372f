'use client';

import 'ai-now-studio';

export function Studio() {
  return <ai-now-studio mode="demo" />;
}
