// The shell of <ai-now-studio>: small enough to load at once. It paints the outline, and fetches the
// studio itself (wasm, style sheet, language) when the element comes near the viewport or somebody
// turns to it. It must not know what the studio does.

const base = new URL('.', import.meta.url).href;
const file = (name) => new URL(name, base).href;

const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'];
const PRESETS = ['model', 'preset-style', 'prompt'];
const SETTINGS = ['gateway', 'mode', 'publishable-key', 'models', 'lang'];

const OUTLINE = `:host{display:block;min-height:36rem;contain:inline-size}:host([hidden]){display:none}
.outline{min-height:inherit;border-radius:1.25rem;background:#8881}.sorry{font:1rem/1.5 system-ui,sans-serif;padding:2rem}`;

// Shared by all elements of the page: the module, the style sheet, and whether the module still lives.
let studio;
let sheet;
let dead = false;

const outlineSheet = () => {
  const outline = new CSSStyleSheet();
  outline.replaceSync(OUTLINE);
  return outline;
};

async function text(name) {
  const answer = await fetch(file(name));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.text();
}

async function load() {
  const module = await import(file('ai-now-widget.js'));
  await module.default({ module_or_path: file('ai-now-widget_bg.wasm') });
  module.onPanic((message) => {
    dead = true;
    for (const element of alive) element.fail(message);
  });
  return module;
}

async function loadSheet() {
  const made = new CSSStyleSheet();
  made.replaceSync(await text('widget.css'));
  return made;
}

// A failed download is forgotten, so that "Try again" tries again.
const once = (kept, start) => kept ?? start();

const alive = new Set();

class AiNowStudio extends HTMLElement {
  static observedAttributes = [...PRESETS, ...SETTINGS];
  #studio;
  #near;
  #turn = 0;
  #ready;
  #isReady;
  /** A function that answers a session, or a promise of one: for sites that open sessions themselves. */
  getSession;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [outlineSheet()];
    root.innerHTML = '<div class="outline"></div>';
    this.#renew();
  }

  /** Resolves once the studio stands. */
  get ready() { return this.#ready; }

  connectedCallback() {
    alive.add(this);
    this.#near = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) this.start();
    }, { rootMargin: '400px' });
    this.#near.observe(this);
    this.addEventListener('pointerenter', this.start, { once: true });
    this.addEventListener('focusin', this.start, { once: true });
  }

  disconnectedCallback() {
    alive.delete(this);
    this.#turn += 1;
    this.#near?.disconnect();
    this.#takeDown();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#studio || before === now) return;
    if (PRESETS.includes(name)) this.#studio.preset(name, now ?? '');
    else this.restart();
  }

  /** Loads the studio now, wherever the element is. */
  start = async () => {
    if (this.#studio || !this.isConnected) return;
    this.#near?.disconnect();
    const turn = ++this.#turn;
    try {
      const language = this.#language();
      studio = once(studio, load);
      sheet = once(sheet, loadSheet);
      const texts = language === 'en' ? undefined : text(`locales/${language}.json`).then(JSON.parse, () => undefined);
      const [module, style, words] = await Promise.all([studio, sheet, texts]);
      // Removed, or started anew, meanwhile.
      if (turn !== this.#turn) return;
      const root = this.shadowRoot;
      root.adoptedStyleSheets = [style];
      root.replaceChildren(document.createElement('div'));
      this.#studio = new module.Studio(this, root.firstChild, base, words ? language : 'en', words);
      this.#isReady(this);
      this.#emit('ready');
    } catch (error) {
      if (turn === this.#turn) {
        if (!this.#studio) studio = sheet = undefined;
        this.fail(String(error?.message ?? error));
      }
    }
  };

  /** Takes the studio down and builds it anew: what runs at the gateway is picked up again. */
  restart() {
    this.#takeDown();
    return this.start();
  }

  /** Says what went wrong, in place, on the console and as an event, and offers to start again. */
  fail(message) {
    this.#studio = undefined;
    this.#turn += 1;
    console.error('ai-now-studio:', message);
    const root = this.shadowRoot;
    root.adoptedStyleSheets = [outlineSheet()];
    const sorry = document.createElement('div');
    sorry.className = 'sorry';
    sorry.setAttribute('role', 'alert');
    const said = document.createElement('p');
    said.textContent = dead ? 'The studio stopped because of a fault of its own. What you asked for is not lost.' : message;
    const again = document.createElement('button');
    again.textContent = 'Start again';
    again.onclick = () => {
      // A module that failed once can't be trusted or imported anew: the page starts over.
      if (dead) location.reload();
      else this.start();
    };
    sorry.append(said, again);
    root.replaceChildren(sorry);
    this.#emit('error', { message });
  }

  /** Starts a generation; resolves with its result's `ai-now-completed` detail. */
  async generate({ model, prompt, style } = {}) {
    this.start();
    await this.#ready;
    return new Promise((resolve, reject) => {
      let key;
      const ended = ({ type, detail }) => {
        if (key === undefined || detail?.key !== key) return;
        for (const name of ENDS) this.removeEventListener(name, ended);
        if (type === ENDS[0]) resolve(detail);
        else reject(new Error(detail.message || type));
      };
      for (const name of ENDS) this.addEventListener(name, ended);
      key = this.#studio?.generate(model, prompt, style);
      if (key === undefined) {
        for (const name of ENDS) this.removeEventListener(name, ended);
        reject(new Error(this.shadowRoot.querySelector('[role=alert]:not(:empty)')?.textContent.trim() || 'not valid'));
      }
    });
  }

  /** Stops the generation that is shown. */
  cancel() {
    this.#studio?.cancel();
  }

  #takeDown() {
    const studio = this.#studio;
    this.#studio = undefined;
    if (studio && !dead) studio.free();
    this.shadowRoot.replaceChildren();
    this.#renew();
  }

  #renew() {
    this.#ready = new Promise((resolve) => { this.#isReady = resolve; });
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

const ENDS = ['ai-now-completed', 'ai-now-failed', 'ai-now-cancelled'];

if (!customElements.get('ai-now-studio')) customElements.define('ai-now-studio', AiNowStudio);

export { AiNowStudio };
