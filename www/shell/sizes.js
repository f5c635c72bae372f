// The unit that the style sheets count in. They are written in `rem`, and that is the page's: many pages
// set the size of their root (`html { font-size: 62.5% }`) to count in tens, or by the width of the
// window. So each `rem` in a sheet is read as `--ai-now-rem`, a length that the frame says once: the
// size of text that the visitor has set in the browser, or that of the page's root where that is larger
// and no more than twice as large, as people enlarge text. It must not know what is measured in it.

/** What says how long it is. Around `.scale` the size of text is the visitor's own. */
export const SCALE = `.scale {
  font-size: calc(1em + min(max(0px, 1rem - 1em), max(0px, 1000 * (2.01em - 1rem))));
  --ai-now-rem: 1em;
}`;

/** A style sheet that counts so. Conditions can't read properties: there it is the container's `em`. */
export function scaled(css) {
  return css.replace(/@container[^{]*|(-?\d*\.?\d+)rem\b/g, (found, count) => (
    count ? `calc(${count} * var(--ai-now-rem))` : found.replaceAll('rem', 'em')
  ));
}

/** Has a window's document know that it is a length: then it is measured where it is said. */
export function registerUnit({ CSS }) {
  try {
    CSS.registerProperty({ name: '--ai-now-rem', syntax: '<length>', inherits: true, initialValue: '16px' });
  } catch { /* It is known already, or the browser is old: then it is measured where it is used. */ }
}
