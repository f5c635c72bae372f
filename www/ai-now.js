// The shell of <ai-now-studio>: small enough to load at once. It paints the outline, and fetches the
// studio itself (wasm, style sheet, language) when the element comes near the viewport or somebody
// turns to it. It must not know what the studio does. Where there is no DOM, it does nothing.

import { instantiate } from './shell/instance.js';

const base = new URL('.', import.meta.url).href;
const file = (name) => new URL(name, base).href;

// What each file must hash to, as in an `integrity` attribute. `cargo xtask dist` writes it; a file
// that is not named is not checked.
const INTEGRITY = {};

const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'ja', 'zh', 'hi', 'ar'];
const PRESETS = ['model', 'preset-style', 'prompt'];
const SETTINGS = ['gateway', 'mode', 'publishable-key', 'models'];
const ENDS = ['completed', 'failed', 'cancelled'];

// The outline is as high as the studio will be: then nothing moves when that comes.
const LOOKS = `:host{display:block;container-type:inline-size}:host([hidden]){display:none}
.outline{--_h:84rem}.outline:not(:has(form)){min-height:calc(var(--ai-now-height,var(--_h)) + var(--_made,0px));border-radius:1.25rem;background:#8881}
@container (width>=30rem){.outline{--_h:66rem}}@container (width>=56rem){.outline{--_h:51rem}}
.sorry{background:Canvas;color:CanvasText;font:1rem/1.5 system-ui,sans-serif;padding:1.5rem 2rem;overflow-wrap:anywhere}
.sorry p{margin:0 0 1rem}.sorry button{font:inherit;padding:.5rem 1rem;border:1px solid;border-radius:2rem;background:0 0;color:inherit}`;

// What the shell itself says. The other languages' files have the same names.
const ENGLISH = {
  NotLoaded: 'The studio could not be loaded. Check the connection, then start again.',
  Stopped: 'The studio stopped because of a fault of its own. What you asked for is not lost.',
  StartAgain: 'Start again',
};

const REMOVED = 'The element is not in the page.';

// Shared by all elements of the page: the running module, its style sheet, and that of the shell.
let studio;
let sheet;
let looks;
let current;
// Takes an element off a module that has ended.
let abandon;
// Browsers remember modules by address, those too that failed: each new attempt has its own.
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

async function get(name) {
  const answer = await fetch(file(name), { integrity: INTEGRITY[name] ?? '' });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer;
}

/** The address of a module; where it is pinned, only after the browser has checked it. */
async function checked(name) {
  const url = file(name) + (attempt ? `?${attempt}` : '');
  const integrity = INTEGRITY[name];
  if (integrity) {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'modulepreload', href: url, crossOrigin: 'anonymous', integrity });
    await new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = () => reject(new Error(`${name} is not the file that was pinned.`));
      document.head.append(link);
    }).finally(() => link.remove());
  }
  return url;
}

async function load() {
  const wasm = get('ai-now-widget_bg.wasm');
  const [glue] = await Promise.all([checked('ai-now-widget_bg.js'), wasm]);
  const module = await instantiate(glue, wasm, (thrown) => {
    // Others may stand on a newer one already.
    if (current === module) forget();
    for (const element of alive) abandon(element, module, held.panic ?? said(thrown));
    for (const end of held) end();
  });
  const held = module.held();
  current = module;
  return module;
}

// Forgotten, so that the next start tries anew.
const forget = () => {
  studio = sheet = current = undefined;
  attempt += 1;
};

const sheetOf = (css) => {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
};

class AiNowStudio extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = [...PRESETS, ...SETTINGS, 'lang'];
  #studio;
  #module;
  #words;
  #fallen;
  #near;
  #begun = false;
  #due = false;
  #turn = 0;
  #ready;
  #settle;
  #getSession;
  #waiting = new Set();

  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
    this.addEventListener('ai-now-ready', () => this.#settle.resolve(this));
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

  connectedCallback() {
    alive.add(this);
    // What was set before the element was defined lies in front of the accessors.
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    if (this.#begun) return;
    this.#near ??= new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#begin();
    }, { rootMargin: '400px' });
    this.#near.observe(this);
    for (const sign of ['pointerenter', 'focusin']) this.addEventListener(sign, this.#begin, { once: true });
  }

  disconnectedCallback() {
    // An element that is moved comes back at once, and goes on as if nothing had happened.
    queueMicrotask(() => {
      if (this.isConnected) return;
      alive.delete(this);
      this.#near?.disconnect();
      this.#begun = false;
      this.#takeDown();
      for (const reject of this.#waiting) reject(new Error(REMOVED));
    });
  }

  /** With it, `moveBefore` moves the element as it is. */
  connectedMoveCallback() {}

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (this.#studio && PRESETS.includes(name)) this.#studio.preset(name, now ?? '');
    else this.#restartSoon();
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
    if (shown) this.shadowRoot.prepend(this.#sorry(message));
    this.#emit('error', { message, fatal: false });
  }

  static {
    abandon = (element, module, message) => {
      if (element.#module === module) element.#fail(message, 'Stopped');
    };
  }

  #begin = () => { this.start().catch(() => {}); };

  async #build(turn) {
    const language = this.#language();
    const texts = language === 'en' ? undefined
      : get(`locales/${language}.json`).then((answer) => answer.json()).catch(() => {});
    let trouble = 'NotLoaded';
    try {
      studio ??= load();
      sheet ??= get('widget.css').then(async (answer) => sheetOf(await answer.text()));
      const [module, style, words] = await Promise.all([studio, sheet, texts]);
      // Removed, or started anew, meanwhile.
      if (turn !== this.#turn) return;
      if (module !== current) return this.#build(turn);
      trouble = '';
      this.#words = words;
      this.#module = module;
      this.#studio = new module.Studio(this, this.#outline(style), base, words ? language : 'en', words);
      const asked = this.lang.toLowerCase().split('-')[0];
      if (asked && !LANGUAGES.includes(asked)) {
        this.warn(`lang=“${this.lang}” is none of ${LANGUAGES.join(', ')}.`);
      }
    } catch (error) {
      if (trouble) forget();
      // A fault is told first.
      this.#words = await texts;
      if (turn === this.#turn) this.#fail(said(error), trouble);
    }
  }

  /** Says what went wrong, in place, on the console and as an event, and offers to start again. */
  #fail(message, trouble) {
    this.#studio = this.#module = undefined;
    this.#turn += 1;
    this.#fallen = trouble;
    console.error('ai-now-studio:', message);
    const words = { ...ENGLISH, ...this.#words };
    const focused = this.shadowRoot.activeElement;
    const again = document.createElement('button');
    again.textContent = words.StartAgain;
    again.onclick = () => {
      this.#fallen = true;
      // What fell with it stands up with it.
      for (const element of alive) if (element.#fallen) element.restart().catch(() => {});
    };
    const sorry = this.#sorry(words[trouble] ?? message);
    sorry.append(again);
    this.#outline().append(sorry);
    if (focused) again.focus();
    this.#settle.reject(new Error(message));
    this.#emit('error', { message, fatal: true });
  }

  /** Empties the element but for its outline: where the studio will be. */
  #outline(...sheets) {
    looks ??= sheetOf(LOOKS);
    const root = this.shadowRoot;
    const outline = document.createElement('div');
    outline.className = 'outline';
    try {
      // What was made on this device stands below the rest, and is as high as it was.
      outline.style.setProperty('--_made', localStorage.getItem('ai-now:made'));
    } catch { /* Nothing is kept here. */ }
    root.adoptedStyleSheets = [looks, ...sheets];
    root.replaceChildren(outline);
    return outline;
  }

  #sorry(text) {
    const sorry = document.createElement('div');
    sorry.className = 'sorry';
    sorry.setAttribute('role', 'alert');
    sorry.dir = 'auto';
    const line = document.createElement('p');
    line.textContent = text;
    sorry.append(line);
    return sorry;
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
    this.#outline();
    this.#ready = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    // Whoever waits for it hears of it; where nobody does, it was said in place.
    this.#ready.catch(() => {});
  }

  #language() {
    const asked = [this.closest('[lang]')?.lang, ...navigator.languages];
    for (const tag of asked) {
      const short = tag?.toLowerCase().split('-')[0];
      if (LANGUAGES.includes(short)) return short;
    }
    return 'en';
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`ai-now-${name}`, { bubbles: true, composed: true, detail }));
  }
}

// Each attribute is a property, too; `lang` is one of every element.
const PROPERTIES = ['getSession'];
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
