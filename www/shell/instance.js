// Starts an instance of the wasm and stands between it and the page. Whatever is thrown through wasm
// (a panic, a trap, an exception of the browser's) leaves it half done, with locks held and lists
// half written. So the first such fault ends the instance: `onFault` is called with what was thrown,
// and nothing enters the wasm any more. It must not know what the wasm does.

/**
 * Sets wasm-bindgen's glue up for the wasm that `response` brings, and answers it. It is of the target
 * `bundler`, which leaves instantiating the wasm to us. Both are promises: they come at the same time.
 */
export async function instantiate(module, response, onFault) {
  const [glue, wasm] = await Promise.all([module, response]);
  const imports = { './ai-now-widget_bg.js': glue };
  // Browsers compile while it arrives, where the server names the type.
  const { instance } = wasm.headers.get('Content-Type') === 'application/wasm'
    ? await WebAssembly.instantiateStreaming(wasm, imports)
    : await WebAssembly.instantiate(await wasm.arrayBuffer(), imports);
  glue.__wbg_set_wasm(guard(instance.exports, onFault));
  instance.exports.__wbindgen_start?.();
  return glue;
}

/** The exports, such that the first fault is told and ends them all. */
function guard(exports, onFault) {
  let ended = false;
  const guarded = {};
  for (const [name, value] of Object.entries(exports)) {
    guarded[name] = typeof value !== 'function' ? value : (...given) => {
      // The glue reads several results by their index, and finds none.
      if (ended) return [];
      try {
        return value(...given);
      } catch (thrown) {
        // Later: there may be no stack left to tell it on.
        if (!ended) queueMicrotask(() => onFault(thrown));
        ended = true;
        throw thrown;
      }
    };
  }
  return guarded;
}
