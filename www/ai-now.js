// The shell of <ai-now-studio>, and its first part: small enough to load at once. It shows the prompt and
// the button, which work before anything else is loaded, and requests the files of the studio when the
// element comes near the viewport or the visitor turns to it. The second part, `ai-now-start.js`, makes a
// studio of them. It must not know what the studio does. Without a DOM it does nothing.
import { askEarly, takeEarly } from './shell/early.js';
import { Files } from './shell/files.js';
import { keepKeys } from './shell/keys.js';
import { NEAR_PX, isNear } from './shell/near.js';
import { scaled } from './shell/sizes.js';
import { View } from './shell/view.js';

const PRESETS = ['model', 'preset-style', 'prompt'];
const SETTINGS = ['gateway', 'mode', 'publishable-key', 'models'];

/** A faster studio needs no preview: visitors hardly notice the wait. */
const PREVIEW_AFTER_MILLIS = 250;
/** When an element that is not near the viewport loads the second part, which reports errors. */
const SECOND_AFTER_MILLIS = 3_000;

const REMOVED = 'The element is not in the page.';

Files.beside(import.meta.url);

/** What the second part uses of the first; all elements of the page share it. */
const shell = {
  address: import.meta.url,
  Files,
  takeEarly,
  /** The views of the elements that are in the page. */
  alive: new Set(),
  /** The requests for the studio's files, as promises; `undefined` if they have to be sent. */
  requested: undefined,

  request() {
    this.requested ??= {
      style: Files.get('widget.css').then((answer) => answer.text()).then(scaled),
      wasm: Files.get('ai-now-widget_bg.wasm'),
    };
    return this.requested;
  },

  /** Starts an element again, and all others that have ended by the same fault. */
  restart(view) {
    view.fallen = true;
    for (const { fallen, element } of this.alive) if (fallen) element.restart().catch(() => {});
  },
};

/** The second part of the shell, as a promise. */
let second;
let attempt = 0;

function loadSecond() {
  second ??= Files.start(attempt).then(({ starter }) => starter(shell));
  second.catch(() => {
    second = undefined;
    attempt += 1;
  });
  return second;
}

class AiNowStudio extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = [...PRESETS, ...SETTINGS, 'lang'];
  #view;
  #near;
  #spoken;
  #begun = false;
  #due = false;
  #getSession;
  #waiting = new Set();

  constructor() {
    super();
    keepKeys(this.attachShadow({ mode: 'open' }));
    this.#view = new View(this);
    this.#view.frame.onpress = this.#begin;
    this.addEventListener('ai-now-ready', () => this.#view.settle.resolve(this));
  }

  /** A promise of the element: fulfilled once the studio stands, rejected if it can't be built. */
  get ready() { return this.#view.ready; }

  /** A function that returns a session, or a promise of one: for sites that open sessions themselves. */
  get getSession() { return this.#getSession; }
  set getSession(value) {
    this.#getSession = value;
    this.#restartSoon();
  }

  /** Texts of the page's own, by name; what is left out is as the language has it. */
  get texts() { return this.#view.own; }
  set texts(value) {
    this.#view.own = value;
    this.#view.language = undefined;
    if (this.isConnected) this.#view.speak();
    this.#restartSoon();
  }

  connectedCallback() {
    shell.alive.add(this.#view);
    // Properties that were set before the element was defined hide the accessors.
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#view.show();
    this.#followLanguage();
    // A document without a window shows nothing.
    const view = this.ownerDocument.defaultView;
    if (this.#begun || !view) return;
    // After the first frame: the prompt appears in it, and requests would delay it.
    view.requestAnimationFrame(() => setTimeout(() => {
      if (this.isConnected && isNear(this)) this.#begin();
    }));
    setTimeout(loadSecond, SECOND_AFTER_MILLIS);
    // The observer of the window that the element is in knows what that window shows.
    this.#near?.disconnect();
    this.#near = new view.IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#begin();
    }, { rootMargin: `${NEAR_PX}px` });
    this.#near.observe(this);
    for (const sign of ['pointerenter', 'focusin']) this.addEventListener(sign, this.#begin, { once: true });
  }

  disconnectedCallback() {
    // An element that is moved is connected again at once, and goes on.
    queueMicrotask(() => {
      if (this.isConnected) return;
      shell.alive.delete(this.#view);
      this.#near?.disconnect();
      this.#spoken?.disconnect();
      this.#begun = false;
      this.#view.frame.pressed = undefined;
      this.#view.takeDown();
      for (const reject of this.#waiting) reject(new Error(REMOVED));
    });
  }

  adoptedCallback() {
    this.#view.dress();
    // Tasks that wait until the document is visible have another document to watch.
    this.shadowRoot.dispatchEvent(new Event('adopted'));
  }

  /** With it, `moveBefore` moves the element as it is: only the language may be another. */
  connectedMoveCallback() { this.#followLanguage(); }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    const { studio, frame: { field } } = this.#view;
    if (name === 'lang') {
      if (!this.isConnected) return;
      if (this.#view.speak()) this.#restartSoon();
      else if (studio) this.#then(({ checkLanguage }) => checkLanguage(this.#view));
    } else if (PRESETS.includes(name)) {
      // Setting the same value would move the caret.
      if (name === 'prompt' && field.value !== now) field.value = now ?? '';
      studio?.preset(name, now ?? '');
    } else this.#restartSoon();
  }

  /** Loads the studio now, wherever the element is. Returns `ready`. */
  start() {
    if (!this.isConnected) return Promise.reject(new Error(REMOVED));
    if (!this.#begun) {
      this.#begun = true;
      this.#near?.disconnect();
      this.#build();
    }
    return this.ready;
  }

  /** Ends the studio and builds a new one, which continues the generations that run at the gateway. */
  restart() {
    this.#begun = false;
    this.#view.takeDown();
    return this.start();
  }

  /** Starts a generation; resolves with its result's `ai-now-completed` detail. */
  async generate(wish) {
    await this.start();
    const { generate } = await loadSecond();
    return generate(this.#view, this.#waiting, wish);
  }

  /** Stops the generation that is shown. */
  cancel() {
    this.#view.studio?.cancel();
  }

  /** Tells the page's owner what to change: on the console, as an event, and in place if `shown`. */
  warn(message, shown) {
    console.error('ai-now-studio:', message);
    if (shown) this.#view.alert(message);
    this.#view.emit('error', { message, fatal: false });
  }

  #begin = () => { this.start().catch(() => {}); };

  /** Calls a function of the second part. */
  #then(act) { loadSecond().then(act, () => {}); }

  async #build() {
    const view = this.#view;
    const turn = ++view.turn;
    // In the order in which they are needed: browsers have few connections to a host.
    const asked = askEarly(this, Files.base);
    loadSecond();
    // The studio restores an earlier draft itself.
    const preview = asked && !this.keptDraft ? [
      Files.preview(), ...asked, new Promise((resolve) => { setTimeout(resolve, PREVIEW_AFTER_MILLIS); }),
    ] : undefined;
    // English is built in.
    const locale = view.language === 'en' ? undefined : Files.get(`locales/${view.language}.json`);
    // Errors are handled where the files are used, if they still are.
    for (const file of [locale, preview?.[0], ...Object.values(shell.request())]) file?.catch(() => {});
    try {
      const { build } = await loadSecond();
      if (turn === view.turn) build(view, locale, preview);
    } catch (error) {
      if (turn !== view.turn) return;
      const { notLoaded, startAgain } = view.words;
      view.fail('notLoaded', error.message, [notLoaded, error.rule ?? []].flat(), startAgain, () => shell.restart(view));
    }
  }

  /** Speaks the language of the place where the element is, now and when it changes. */
  #followLanguage() {
    const follow = () => { if (this.#view.speak()) this.#restartSoon(); };
    follow();
    this.#spoken?.disconnect();
    this.#spoken = new MutationObserver(follow);
    for (let node = this.getRootNode(); node; node = node.host?.getRootNode()) {
      this.#spoken.observe(node, { subtree: true, attributeFilter: ['lang'] });
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
