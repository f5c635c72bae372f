// The shell of <ai-now-studio>: small enough to load at once. It shows the prompt and the button, in
// which one can type before anything else is there, and fetches the studio itself (wasm, style sheet,
// language) when the element comes near the viewport or somebody turns to it. It must not know what
// the studio does. Where there is no DOM, it does nothing.
import { askEarly, takeEarly } from './shell/early.js';
import { Files } from './shell/files.js';
import { buildFrame } from './shell/frame.js';
import { instantiate } from './shell/instance.js';
import { keepKeys } from './shell/keys.js';
import { LOOKS } from './shell/looks.js';
import { NEAR_PX, isNear } from './shell/near.js';
import { registerUnit, scaled } from './shell/sizes.js';
import { LANGUAGES, named, spoken, words } from './shell/words.js';

const PRESETS = ['model', 'preset-style', 'prompt'];
const SETTINGS = ['gateway', 'mode', 'publishable-key', 'models'];
const ENDS = ['completed', 'failed', 'cancelled'];

// What it says of the words in locales/, where those are not there.
const ENGLISH = {
  Stopped: 'The studio stopped because of a fault of its own. What you asked for is not lost.',
};

/** So long nothing stands in for the studio: where that comes sooner, people hardly see that it was not there. */
const PREVIEW_AFTER_MILLIS = 250;

const REMOVED = 'The element is not in the page.';

Files.base = new URL('.', import.meta.url).href;

// Shared by all elements of the page, as promises: the running module, and the text of its style sheet.
let studio;
let style;
// Takes an element off a module that has ended.
let abandon;
let attempt = 0;
const alive = new Set();

/** Whatever was thrown, as a sentence. */
const said = (error) => {
  let text;
  try {
    text = error.message ?? error;
  } catch { /* Whatever it is, it says nothing. */ }
  return typeof text === 'string' && text.trim() ? text : 'No reason was given.';
};

function load() {
  const start = async () => {
    const glue = Files.module('ai-now-widget_bg.js', attempt);
    const module = await instantiate(glue, Files.get('ai-now-widget_bg.wasm'), (thrown) => {
      forget(loading);
      for (const element of alive) abandon(element, module, held.panic ?? said(thrown));
      for (const end of held) end();
    });
    const held = module.held();
    return module;
  };
  const loading = start();
  return loading;
}

/** Fetches all that an element's studio is made of, which is the same for every element. */
function fetchStudio() {
  style ??= Files.get('widget.css').then((answer) => answer.text()).then(scaled);
  studio ??= load();
  return [studio, style];
}

/** Has the browser load what it writes numbers with. Its first number takes longer than all the rest. */
const warmUp = (language) => setTimeout(() => {
  (1).toLocaleString(language);
  new Intl.PluralRules(language).select(1);
});

// Forgets what did not load or has ended, so that the next start tries anew: unless that was forgotten
// before, and others stand on a newer one already.
const forget = (loading) => {
  if (studio !== loading) return;
  studio = style = undefined;
  attempt += 1;
};

/** The sheets of each document: one that was made for another can't be used. */
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

class AiNowStudio extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = [...PRESETS, ...SETTINGS, 'lang'];
  #frame;
  #styles = [LOOKS];
  #language;
  #words;
  #texts;
  #own;
  #studio;
  #module;
  #fallen;
  #near;
  #spoken;
  #begun = false;
  #due = false;
  #turn = 0;
  #ready;
  #settle;
  #getSession;
  #waiting = new Set();

  constructor() {
    super();
    keepKeys(this.attachShadow({ mode: 'open' }));
    this.addEventListener('ai-now-ready', () => this.#settle.resolve(this));
    this.#frame = buildFrame();
    this.#frame.onpress = this.#begin;
    this.#renew();
  }

  /** A promise of the element, kept once the studio stands; broken where it can't be built. */
  get ready() { return this.#ready; }

  /** A function that answers a session, or a promise of one: for sites that open sessions themselves. */
  get getSession() { return this.#getSession; }
  set getSession(value) {
    this.#getSession = value;
    this.#restartSoon();
  }

  /** Texts of the page's own, by name; what is left out is as the language has it. */
  get texts() { return this.#own; }
  set texts(value) {
    this.#own = value;
    this.#language = undefined;
    if (this.isConnected) this.#speak();
    this.#restartSoon();
  }

  connectedCallback() {
    alive.add(this);
    // What was set before the element was defined lies in front of the accessors.
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#show();
    const follow = () => { if (this.#speak()) this.#restartSoon(); };
    follow();
    // Another language of the page is this element's, too.
    this.#spoken?.disconnect();
    this.#spoken = new MutationObserver(follow);
    for (let node = this.getRootNode(); node; node = node.host?.getRootNode()) {
      this.#spoken.observe(node, { subtree: true, attributeFilter: ['lang'] });
    }
    // A document without a window shows nothing.
    const view = this.ownerDocument.defaultView;
    if (this.#begun || !view) return;
    // A page may still be about to set what decides how it starts; the files are the same whatever it sets.
    if (isNear(this)) for (const file of fetchStudio()) file.catch(() => {});
    // Of the window that it is in now: that one knows what it shows.
    this.#near?.disconnect();
    this.#near = new view.IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#begin();
    }, { rootMargin: `${NEAR_PX}px` });
    this.#near.observe(this);
    for (const sign of ['pointerenter', 'focusin']) this.addEventListener(sign, this.#begin, { once: true });
  }

  disconnectedCallback() {
    // An element that is moved comes back at once, and goes on as if nothing had happened.
    queueMicrotask(() => {
      if (this.isConnected) return;
      alive.delete(this);
      this.#near?.disconnect();
      this.#spoken?.disconnect();
      this.#begun = false;
      this.#frame.pressed = undefined;
      this.#takeDown();
      for (const reject of this.#waiting) reject(new Error(REMOVED));
    });
  }

  adoptedCallback() {
    this.#dress();
    // What waits until somebody looks at the document has another one to watch.
    this.shadowRoot.dispatchEvent(new Event('adopted'));
  }

  /** With it, `moveBefore` moves the element as it is. */
  connectedMoveCallback() {}

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === 'lang') {
      if (!this.isConnected) return;
      if (this.#speak()) this.#restartSoon();
      else if (this.#studio) this.#checkLanguage();
    } else if (PRESETS.includes(name)) {
      // Written anew, the caret would move.
      if (name === 'prompt' && this.#frame.field.value !== now) this.#frame.field.value = now ?? '';
      this.#studio?.preset(name, now ?? '');
    } else this.#restartSoon();
  }

  /** Loads the studio now, wherever the element is. Answers `ready`. */
  start() {
    if (!this.isConnected) return Promise.reject(new Error(REMOVED));
    if (!this.#begun) {
      this.#begun = true;
      this.#near?.disconnect();
      this.#build(++this.#turn);
    }
    return this.#ready;
  }

  /** Takes the studio down and builds it anew: what runs at the gateway is picked up again. */
  restart() {
    this.#begun = false;
    this.#takeDown();
    return this.start();
  }

  /** Starts a generation; resolves with its result's `ai-now-completed` detail. */
  async generate({ model, prompt, style } = {}) {
    await this.start();
    let stop;
    return new Promise((resolve, reject) => {
      let key;
      let refusal;
      const ended = ({ type, detail }) => {
        if (type === 'ai-now-error') return detail.fatal && reject(new Error(detail.message));
        if (detail.key && detail.key === key) {
          if (type === 'ai-now-completed') resolve(detail);
          else reject(new Error(detail.message || type));
        }
        refusal = detail.message;
      };
      const names = [...ENDS, 'error'].map((name) => `ai-now-${name}`);
      for (const name of names) this.addEventListener(name, ended);
      this.#waiting.add(reject);
      stop = () => {
        for (const name of names) this.removeEventListener(name, ended);
        this.#waiting.delete(reject);
      };
      key = this.#studio?.generate(model, prompt, style);
      if (!key) reject(new Error(said(refusal)));
    }).finally(stop);
  }

  /** Stops the generation that is shown. */
  cancel() {
    this.#studio?.cancel();
  }

  /** Says what the page should set otherwise: on the console, as an event, and in place if `shown`. */
  warn(message, shown) {
    console.error('ai-now-studio:', message);
    if (shown) this.#sorry(message);
    this.#emit('error', { message, fatal: false });
  }

  static {
    abandon = (element, module, message) => {
      if (element.#module === module) element.#fail(message, 'Stopped');
    };
  }

  #begin = () => { this.start().catch(() => {}); };

  async #build(turn) {
    const language = this.#language;
    const texts = this.#loadTexts(language);
    let problem = 'notLoaded';
    const [loading] = fetchStudio();
    try {
      this.#preview(turn, texts, askEarly(this, Files.base)).catch(() => {});
      warmUp(language);
      const [module, css, told] = await Promise.all([loading, style, texts]);
      this.#texts = told.texts;
      // Removed, or started anew, meanwhile.
      if (turn !== this.#turn) return;
      // It ended while this waited for the rest. What a newer load brings is another promise.
      if (studio !== loading) return this.#build(turn);
      problem = '';
      this.#dress(css);
      this.#module = module;
      this.#studio = new module.Studio(this, this.#frame, {
        base: Files.base,
        url: (name) => Files.url(name),
        ...told,
        takeEarly,
        startWorker: Files.startWorker,
      });
      this.#checkLanguage();
    } catch (error) {
      if (problem) forget(loading);
      // A fault of the wasm is told first.
      const rule = await (problem && Files.forbidden());
      if (turn === this.#turn) this.#fail(rule || said(error), error?.gone ? 'newer' : problem, rule);
    }
  }

  /** The texts of a language, with the page's own over them; English, where they can't be had. */
  async #loadTexts(language) {
    const others = language === 'en' ? undefined
      : await Files.get(`locales/${language}.json`).then((answer) => answer.json()).catch(() => {});
    const own = this.#own;
    return {
      language: others ? language : 'en',
      texts: own ? { ...others, ...named(own), names: { ...others?.names, ...own.names } } : others,
    };
  }

  /** Shows what the gateway has said already, where the studio is still on its way then. */
  async #preview(turn, texts, asked) {
    // What was composed here before is put back by the studio.
    if (!asked || this.keptDraft) return;
    const [{ show }, catalog, visitor, css, told] = await Promise.all([
      Files.preview(), ...asked, style, texts, new Promise((resolve) => { setTimeout(resolve, PREVIEW_AFTER_MILLIS); }),
    ]);
    if (turn !== this.#turn || this.#studio || !visitor) return;
    this.#dress(css);
    show(this, this.#frame, { ...told, catalog, balance: visitor.balance ?? visitor });
  }

  /** Says what went wrong, in place, on the console and as an event, and offers the way on. */
  #fail(message, problem, detail) {
    this.#studio = this.#module = undefined;
    this.#turn += 1;
    this.#fallen = problem;
    console.error('ai-now-studio:', message);
    const focused = this.shadowRoot.activeElement;
    this.#frame.pressed = undefined;
    this.#clear();
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = this.#words[problem === 'newer' ? 'reload' : 'startAgain'];
    again.onclick = () => {
      if (problem === 'newer') return Files.reload(import.meta.url);
      this.#fallen = true;
      // What fell with it stands up with it.
      for (const element of alive) if (element.#fallen) element.restart().catch(() => {});
    };
    const sorry = this.#sorry(this.#words[problem] ?? this.#texts?.[problem] ?? ENGLISH[problem] ?? message);
    const more = detail || (problem === 'notLoaded' && this.#words.checkConnection);
    if (more) sorry.append(Object.assign(document.createElement('p'), { textContent: more }));
    sorry.append(again);
    if (focused && !this.shadowRoot.activeElement) again.focus();
    this.#settle.reject(new Error(message));
    this.#emit('error', { message, fatal: true });
  }

  /** Empties the places around the prompt, which stays as it is; a press that is still to be honoured, too. */
  #clear() {
    const { places, button, pressed } = this.#frame;
    this.#frame.live = false;
    this.#frame.preview = undefined;
    if (pressed === undefined) button.removeAttribute('aria-busy');
    button.removeAttribute('aria-disabled');
    for (const place of Object.values(places)) place.replaceChildren();
  }

  #sorry(text) {
    const sorry = document.createElement('div');
    sorry.className = 'sorry';
    sorry.setAttribute('role', 'alert');
    sorry.dir = 'auto';
    const line = document.createElement('p');
    line.textContent = text;
    sorry.append(line);
    this.#frame.places.notice.append(sorry);
    return sorry;
  }

  /** Puts the frame into the element, once there is a document to be seen in. */
  #show() {
    const { base, root, field } = this.#frame;
    if (root.isConnected) return;
    try {
      // What was made on this device stands below the rest, and is as high as it was.
      root.style.setProperty('--_made', localStorage.getItem('ai-now:made'));
    } catch { /* Nothing is kept here. */ }
    if (!field.value) field.value = this.getAttribute('prompt') ?? '';
    this.#dress();
    this.shadowRoot.append(base);
  }

  #dress(css) {
    if (css) this.#styles = [LOOKS, css];
    const { ownerDocument } = this;
    if (ownerDocument.defaultView) {
      this.shadowRoot.adoptedStyleSheets = this.#styles.map((text) => sheetOf(ownerDocument, text));
    }
  }

  /** Says what the frame says in the language of the place. Answers whether that is another one. */
  #speak() {
    let place = this;
    // Out of each shadow root, too.
    while (place && !place.lang) place = place.parentNode ?? place.host;
    const language = spoken([place?.lang, ...navigator.languages]);
    if (language === this.#language) return false;
    this.#language = language;
    this.#words = { ...words(language), ...this.#own };
    const { root, question, button } = this.#frame;
    root.lang = language;
    root.dir = language === 'ar' ? 'rtl' : 'ltr';
    question.textContent = this.#words.question;
    button.textContent = this.#words.generate;
    return true;
  }

  #checkLanguage() {
    const asked = this.lang.toLowerCase().split('-')[0];
    if (asked && !LANGUAGES.includes(asked)) {
      this.warn(`lang=“${this.lang}” is none of ${LANGUAGES.join(', ')}.`);
    }
  }

  #restartSoon() {
    if (!this.#begun || this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.#begun) this.restart().catch(() => {});
    });
  }

  #takeDown() {
    const studio = this.#studio;
    this.#studio = this.#module = this.#fallen = undefined;
    this.#turn += 1;
    // Later: it may be just now that it calls the page.
    queueMicrotask(() => studio?.free());
    this.#renew();
  }

  #renew() {
    this.#clear();
    const before = this.#settle;
    this.#ready = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    // Who waits for the one before waits for this one.
    before?.resolve(this.#ready);
    // Whoever waits for it hears of it; where nobody does, it was said in place.
    this.#ready.catch(() => {});
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`ai-now-${name}`, { bubbles: true, composed: true, detail }));
  }
}

// Each attribute is a property, too; `lang` is one of every element.
const PROPERTIES = ['getSession', 'texts'];
for (const name of [...PRESETS, ...SETTINGS, 'theme']) {
  const property = name.replace(/-./g, (dash) => dash[1].toUpperCase());
  PROPERTIES.push(property);
  Object.defineProperty(AiNowStudio.prototype, property, {
    configurable: true,
    enumerable: true,
    get() { return this.getAttribute(name) ?? ''; },
    set(value) {
      if (value == null) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  });
}

const registry = globalThis.customElements;
if (!registry?.get('ai-now-studio')) registry?.define('ai-now-studio', AiNowStudio);

export { AiNowStudio };
