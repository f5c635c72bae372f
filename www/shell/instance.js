// Starts an instance of the wasm, and guards the calls into it. An exception that passes through wasm (a
// panic, a trap, an exception of the browser) leaves its memory inconsistent: locks stay held, lists half
// written. So the first such fault ends the instance: `onFault` is called with the exception, and no
// further call enters the wasm. It must not know what the wasm does.

/**
 * Instantiates the wasm in `response` with wasm-bindgen's glue, and returns the glue. The glue is of the target
 * `bundler`, which leaves instantiation to its user. Both arguments are promises: both load at the same time.
 */
export async function instantiate(module, response, onFault) {
  const [glue, wasm] = await Promise.all([module, response]);
  const imports = { './ai-now-widget_bg.js': glue };
  // Browsers compile it while it arrives if the server sends this type.
  const { instance } = wasm.headers.get('Content-Type') === 'application/wasm'
    ? await WebAssembly.instantiateStreaming(wasm, imports)
    : await WebAssembly.instantiate(await wasm.arrayBuffer(), imports);
  glue.__wbg_set_wasm(guard(instance.exports, onFault));
  instance.exports.__wbindgen_start?.();
  return glue;
}

/** Wraps the exports: the first fault is reported, and ends them all. */
function guard(exports, onFault) {
  let ended = false;
  const guarded = {};
  for (const [name, value] of Object.entries(exports)) {
    guarded[name] = typeof value !== 'function' ? value : (...given) => {
      // The glue reads multiple results by index, and finds none.
      if (ended) return [];
      try {
        return value(...given);
      } catch (thrown) {
        // Later: the stack may be exhausted.
        if (!ended) queueMicrotask(() => onFault(thrown));
        ended = true;
        throw thrown;
      }
    };
  }
  return guarded;
}
