
// What stands between the page and the wasm. Whatever is thrown through wasm (a panic, a trap, an
// exception of the browser's) leaves it half done, with locks held and lists half written. So the
// first such fault ends it: it is told, and nothing enters the wasm any more. Nobody loads this
// file: building the widget puts it at the end of wasm-bindgen's glue, around the exports.

let report;
let ended = false;

/** Whom to tell of the fault: once, with what was thrown. */
export function onFault(callback) {
  report = callback;
}

function guard(exports) {
  const guarded = {};
  for (const [name, value] of Object.entries(exports)) {
    guarded[name] = typeof value !== 'function' ? value : (...given) => {
      if (ended) return undefined;
      try {
        return value(...given);
      } catch (thrown) {
        // Later: there may be no stack left to tell it on.
        if (!ended) queueMicrotask(() => report?.(thrown));
        ended = true;
        throw thrown;
      }
    };
  }
  return guarded;
}
