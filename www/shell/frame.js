// The frame of the studio: the prompt and the button, which work before anything else is loaded, and the
// empty places around them that the studio fills. The studio takes over these very nodes: text, caret,
// focus and an unfinished composition stay as they are. It must not know where the studio comes from.

/** The places for the studio's parts, each named after its parent; `notice` is the shell's own. */
const PLACES = ['prompt', 'bar', 'notice', 'compose', 'desk', 'studio'];

/** Creates an element with these attributes and children. */
export function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/**
 * Builds the frame. `base` is its outermost element, `root` its outermost visible one. Until `live` is set,
 * a submitted prompt is stored in `pressed`, and `onpress` is called. Whoever sets `live` listens to the form
 * instead, and stores in `pressed` what can't be done yet. `preview` is the preview in the places, if any.
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
  // The studio reports invalid input, in the page's language. The browser's own validation would come first,
  // and shows nothing for a field in a closed `<details>`.
  const form = make('form', { class: 'compose', part: 'compose', novalidate: '' },
    make('div', { class: 'prompt' }, question, field, places.prompt),
    make('div', { class: 'bar' }, button, places.bar),
    places.notice, places.compose);
  const root = make('div', { class: 'studio', part: 'studio' },
    make('div', { class: 'desk' }, form, places.desk), places.studio);
  const base = make('div', { class: 'base' }, make('div', { class: 'scale' }, root));
  const frame = { base, root, form, question, field, button, places, live: false, pressed: undefined, preview: undefined, onpress() {} };
  // Not the browser's own submission: a frame that is sandboxed without `allow-forms` has none.
  const submit = (event) => {
    event.preventDefault();
    form.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true, submitter: button }));
  };
  button.onclick = submit;
  field.onkeydown = (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    submit(event);
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
