// Stops key events that are meant for the element: a page may have single-letter shortcuts, and can't see
// that the user types into a field in the shadow root. Keys with a meaning everywhere (Escape, Tab, function
// keys, combinations with Ctrl, Meta or Alt) reach the page. It must not know what the keys do.

/** Keys that type nothing. */
const FOR_ALL = /^(Escape|Tab|Control|Meta|Alt|AltGraph|OS|ContextMenu|F\d+)$/;

/** Whether a pressed key is only for the element. */
function isOurs(event) {
  const { key, target } = event;
  // An input method uses Escape itself.
  if (event.isComposing) return true;
  if (FOR_ALL.test(key)) return false;
  // AltGr types characters. Some systems report it as Ctrl and Alt.
  if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph')) return false;
  // The player has handled it.
  if (event.defaultPrevented) return true;
  if (target.matches('input, textarea, select')) return true;
  return /^( |Enter)$/.test(key) && target.matches('button, a, summary');
}

/** Stops key events that are meant for elements in `root`, after all listeners in it have run. */
export function keepKeys(root) {
  // The keys that are down and were stopped: a page that saw no `keydown` sees no `keyup`.
  const down = new Set();
  const name = ({ code, key }) => code || key;
  root.addEventListener('keydown', (event) => {
    if (isOurs(event)) down.add(name(event));
    else down.delete(name(event));
  });
  for (const type of ['keydown', 'keypress', 'keyup']) {
    root.addEventListener(type, (event) => {
      if (down.has(name(event))) event.stopPropagation();
      if (type === 'keyup') down.delete(name(event));
    });
  }
}
