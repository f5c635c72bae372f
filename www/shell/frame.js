// The frame of the studio: the prompt and the button, which work before anything else is there, and
// the empty places around them that the studio fills when it comes. The studio takes these very
// nodes over: what is typed, the caret, the focus and an unfinished composition stay as they are.
// It must not know where the studio comes from.

/** Where the studio puts its parts, each named after what it lies in; the shell's own is `notice`. */
const PLACES = ['prompt', 'bar', 'notice', 'compose', 'desk', 'studio'];

/** An element with these attributes and children. */
export function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/**
 * Builds the frame: `base` is to be put into the page, and `root` is what is seen. Until `live` is set,
 * what is submitted is kept in `pressed`, and `onpress` is called; after that it is for who has set it to
 * listen, and to keep in `pressed` what can't be done yet. `preview` is what stands in the places meanwhile.
 */
export function buildFrame() {
  const places = Object.fromEntries(PLACES.map((name) => [name, make('div', { class: 'place' })]));
  const question = make('label', { class: 'question', for: 'prompt' });
  const field = make('textarea', {
    id: 'prompt', part: 'prompt', rows: 3, dir: 'auto', autocomplete: 'off', 'aria-describedby': 'chars why',
  });
  const button = make('button', {
    class: 'primary', part: 'generate', 'aria-describedby': 'why', 'aria-keyshortcuts': 'Control+Enter Meta+Enter',
  });
  // What doesn't fit is told by the studio, in the page's language: the browser's own word would come first,
  // and says nothing of a field that is folded away.
  const form = make('form', { class: 'compose', part: 'compose', novalidate: '' },
    make('div', { class: 'prompt' }, question, field, places.prompt),
    make('div', { class: 'bar' }, button, places.bar),
    places.notice, places.compose);
  const root = make('div', { class: 'studio', part: 'studio' },
    make('div', { class: 'desk' }, form, places.desk), places.studio);
  const base = make('div', { class: 'base' }, make('div', { class: 'scale' }, root));
  const frame = { base, root, form, question, field, button, places, live: false, pressed: undefined, preview: undefined, onpress() {} };
  field.onkeydown = (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (frame.live) return;
    if (field.value.trim()) {
      frame.pressed = field.value;
      button.ariaBusy = true;
      frame.onpress();
    } else field.focus();
  };
  return frame;
}
