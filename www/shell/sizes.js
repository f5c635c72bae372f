// The unit of the style sheets. They are written in `rem`, but the size of the root is the page's: many pages
// set it (`html { font-size: 62.5% }`) to count in tens, or by the width of the window. So each `rem` in a
// sheet becomes `--ai-now-rem`, a length that is set once, on the frame: the text size that the visitor has
// set in the browser, or the page's root size if that is larger, up to twice as large, as people enlarge
// text. It must not know what is measured in it.

/** Sets the length. Outside of `.scale` the text has the visitor's own size. */
export const SCALE = `.scale {
  font-size: calc(1em + min(max(0px, 1rem - 1em), max(0px, 1000 * (2.01em - 1rem))));
  --ai-now-rem: 1em;
}`;

/** A style sheet in this unit. Conditions can't read properties: there it is the container's `em`. */
export function scaled(css) {
  return css.replace(/@container[^{]*|(-?\d*\.?\d+)rem\b/g, (found, count) => (
    count ? `calc(${count} * var(--ai-now-rem))` : found.replaceAll('rem', 'em')
  ));
}

/** Registers the property as a length in a window: then it is computed where it is set. */
export function registerUnit({ CSS }) {
  try {
    CSS.registerProperty({ name: '--ai-now-rem', syntax: '<length>', inherits: true, initialValue: '16px' });
  } catch { /* It is registered already, or the browser is old: then it is computed where it is used. */ }
}
