// What an element shows of its own: the frame in its language and looks, and errors. Its fields are the
// state that the two parts of the shell share (`ai-now.js`, `ai-now-start.js`). It must not know how the
// studio is loaded.
import { buildFrame, make } from './frame.js';
import { LOOKS } from './looks.js';
import { registerUnit } from './sizes.js';
import { spoken, words } from './words.js';

/** The style sheets of each document: one that was made for another document can't be used. */
const sheets = new WeakMap();

function sheetOf(document, css) {
  if (!sheets.has(document)) {
    sheets.set(document, new Map());
    registerUnit(document.defaultView);
  }
  const made = sheets.get(document);
  if (!made.has(css)) {
    const sheet = new document.defaultView.CSSStyleSheet();
    sheet.replaceSync(css);
    made.set(css, sheet);
  }
  return made.get(css);
}

export class View {
  /** The prompt, the button and the places for the studio. */
  frame = buildFrame();
  /** Counts starts and ends: work of an earlier turn has no effect. */
  turn = 0;
  /** The running studio, and the module that it belongs to. */
  studio;
  module;
  /** Why the studio has ended, if it ended by itself. */
  fallen;
  /** The language, the shell's words in it, and the studio's texts once they are loaded. */
  language;
  words;
  texts;
  /** The page's own texts. */
  own;
  /** The promise that the element gives out as `ready`, and its `resolve` and `reject`. */
  ready;
  settle;
  #styles = [LOOKS];

  constructor(element) {
    this.element = element;
    this.renew();
  }

  /** Puts the frame into the element, once. */
  show() {
    const { element, frame: { base, root, field } } = this;
    if (root.isConnected) return;
    try {
      // The history is below the rest, and as high as it was last time.
      root.style.setProperty('--_made', localStorage.getItem('ai-now:made'));
    } catch { /* Storage is denied. */ }
    if (!field.value) field.value = element.getAttribute('prompt') ?? '';
    this.dress();
    element.shadowRoot.append(base);
  }

  /** Applies the style sheets in the document that the element is in now; from now on with `css`, if given. */
  dress(css) {
    if (css) this.#styles = [LOOKS, css];
    const { ownerDocument, shadowRoot } = this.element;
    if (ownerDocument.defaultView) {
      shadowRoot.adoptedStyleSheets = this.#styles.map((text) => sheetOf(ownerDocument, text));
    }
  }

  /** Sets the frame's texts in the language of the closest `lang`. Returns whether the language has changed. */
  speak() {
    let node = this.element;
    // Through each shadow root to its host.
    // `lang` is a property of HTML elements only: SVG has the attribute.
    while (node && !node.getAttribute?.('lang')) node = node.parentNode ?? node.host;
    const language = spoken([node?.getAttribute('lang'), ...navigator.languages]);
    if (language === this.language) return false;
    this.language = language;
    this.words = { ...words(language), ...this.own };
    const { root, question, button } = this.frame;
    root.lang = language;
    root.dir = language === 'ar' ? 'rtl' : 'ltr';
    question.textContent = this.words.question;
    button.textContent = this.words.generate;
    return true;
  }

  /** Ends the studio, if there is one, and gives out a new `ready`. */
  takeDown() {
    const { studio } = this;
    this.studio = this.module = this.fallen = undefined;
    this.turn += 1;
    // Later: the studio may be calling the page right now.
    queueMicrotask(() => studio?.free());
    this.renew();
  }

  /** Gives out a new `ready`. Callers that wait for the earlier one wait for this one. */
  renew() {
    this.clear();
    const before = this.settle;
    this.ready = new Promise((resolve, reject) => { this.settle = { resolve, reject }; });
    before?.resolve(this.ready);
    // Errors are shown in place: a page that doesn't wait for it need not handle them.
    this.ready.catch(() => {});
  }

  /** Empties the places around the prompt. The prompt stays, and so does a press that is still to be handled. */
  clear() {
    const { places, button, pressed } = this.frame;
    this.frame.live = false;
    this.frame.preview = undefined;
    if (pressed === undefined) button.removeAttribute('aria-busy');
    button.removeAttribute('aria-disabled');
    for (const place of Object.values(places)) place.replaceChildren();
  }

  /** Shows an alert below the button. Returns its element. */
  alert(...lines) {
    const alert = make('div', { class: 'sorry', role: 'alert', dir: 'auto' }, ...lines.map((line) => make('p', {}, line)));
    this.frame.places.notice.append(alert);
    return alert;
  }

  /**
   * Ends the studio with an error: an alert of these lines with a button, a line on the console, an event;
   * `ready` is rejected.
   */
  fail(fallen, message, lines, label, onclick) {
    this.studio = this.module = undefined;
    this.turn += 1;
    this.fallen = fallen;
    console.error('ai-now-studio:', message);
    const { shadowRoot } = this.element;
    const focused = shadowRoot.activeElement;
    this.frame.pressed = undefined;
    this.clear();
    const button = make('button', { type: 'button' }, label);
    button.onclick = onclick;
    this.alert(...lines).append(button);
    if (focused && !shadowRoot.activeElement) button.focus();
    this.settle.reject(new Error(message));
    this.emit('error', { message, fatal: true });
  }

  emit(name, detail) {
    this.element.dispatchEvent(new CustomEvent(`ai-now-${name}`, { bubbles: true, composed: true, detail }));
  }
}
