// Keys that are meant for the element end at it: a page may have shortcuts of single letters, and sees
// the element as one, not the field in it that somebody types into. What is meant for everybody (Escape,
// Tab, function keys, combinations with Ctrl, Meta or Alt) goes on to the page. It must not know what
// the keys do.

/** Keys that nobody types. */
const FOR_ALL = /^(Escape|Tab|Control|Meta|Alt|AltGraph|OS|ContextMenu|F\d+)$/;

/** Whether a key that was pressed is the element's alone. */
function isOurs(event) {
  const { key, target } = event;
  // An input method has its own Escape.
  if (event.isComposing) return true;
  if (FOR_ALL.test(key)) return false;
  // With AltGr, which some systems tell as Ctrl and Alt, people type.
  if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph')) return false;
  // The player has used it.
  if (event.defaultPrevented) return true;
  if (target.matches('input, textarea, select')) return true;
  return /^( |Enter)$/.test(key) && target.matches('button, a, summary');
}

/** Has the keys that are meant for what is in `root` end there, once all in it have heard of them. */
export function keepKeys(root) {
  // Those that are down and were ours: whoever saw no key go down sees none come up.
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
