// The worker of demo mode: loads the sketch engine and makes one file with it. It must not know the page: it
// communicates by plain messages.

import init, { sketch } from './ai-now-sketch.js';

/** More than twenty steps a second can't be seen. */
const PAUSE_MILLIS = 50;

// Set before anything is awaited: messages that arrive earlier would be lost.
self.onmessage = async ({ data: wish }) => {
  try {
    await init({ module_or_path: new URL('ai-now-sketch_bg.wasm', import.meta.url) });
  } catch (error) {
    self.postMessage({ unloaded: String(error) });
    return;
  }
  let last = 0;
  const report = (fraction, step) => {
    const now = performance.now();
    if (now - last < PAUSE_MILLIS) return;
    last = now;
    self.postMessage({ fraction, step });
  };
  try {
    const { bytes, format, message } = sketch(wish, report);
    self.postMessage({ bytes, format, note: message }, [bytes.buffer]);
  } catch (error) {
    self.postMessage({ fault: String(error?.message ?? error) });
  }
};
