// The second part of the shell: makes a studio of the files that the first part (`ai-now.js`) has
// requested, shows a preview while they are on their way, and says what went wrong. It must not know
// when a studio is wanted, nor what it does.
import { instantiate } from './shell/instance.js';
import { wordsOfErrors } from './shell/error-words.js';
import { LANGUAGES } from './shell/words.js';

const ENDS = ['completed', 'failed', 'cancelled'];

// Used until the words in locales/ are loaded.
const ENGLISH = {
  Stopped: 'The studio stopped because of a fault of its own. What you asked for is not lost.',
};

/** Anything that was thrown, as a sentence. */
const said = (error) => {
  let text;
  try {
    text = error.message ?? error;
  } catch { /* Its message can't be read. */ }
  return typeof text === 'string' && text.trim() ? text : 'No reason was given.';
};

/** The page's own texts, by the names that they have in locales/, too: `noStyle` is `NoStyle` there. */
const named = (own) => Object.fromEntries(Object.entries(own).flatMap(([name, text]) => [
  [name, text], [name.replace(/^./, (first) => first.toUpperCase()), text],
]));

/** The texts of a language, with the page's own over them; English if they could not be loaded. */
async function loadTexts({ language, own }, locale) {
  const others = await locale?.then((answer) => answer.json()).catch(() => {});
  return {
    language: others ? language : 'en',
    texts: own ? { ...others, ...named(own), names: { ...others?.names, ...own.names } } : others,
  };
}

/** The next task: input is handled before it. */
const nextTask = () => new Promise((resolve) => { setTimeout(resolve); });

/** Makes the browser load what it formats numbers with: the first number takes longer than all others. */
async function warmUp(language) {
  await nextTask();
  (1).toLocaleString(language);
  await nextTask();
  new Intl.PluralRules(language).select(1);
}

/** The functions of this part, for the elements of `shell`. */
export function starter(shell) {
  const { Files } = shell;
  /** The running module, as a promise: all elements share it. */
  let studio;
  let attempt = 0;

  /** Forgets what could not be loaded or has ended, unless a later start has replaced it already. */
  function forget(loading) {
    if (studio !== loading) return;
    studio = shell.requested = undefined;
    attempt += 1;
  }

  function load({ wasm }) {
    const start = async () => {
      const glue = Files.module('ai-now-widget_bg.js', attempt);
      const module = await instantiate(glue, wasm, (thrown) => {
        forget(loading);
        for (const view of shell.alive) if (view.module === module) fail(view, held.panic ?? said(thrown), 'Stopped');
        for (const end of held) end();
      });
      const held = module.held();
      return module;
    };
    const loading = start();
    return loading;
  }

  /** Shows an error of one of these problems, and offers what helps. */
  function fail(view, message, problem, detail) {
    const words = { ...wordsOfErrors(view.language), ...view.words };
    const isNewer = problem === 'newer';
    const text = words[problem] ?? view.texts?.[problem] ?? ENGLISH[problem] ?? message;
    const more = detail || (problem === 'notLoaded' && words.checkConnection);
    view.fail(problem, message, more ? [text, more] : [text], isNewer ? words.reload : words.startAgain, () => {
      if (isNewer) Files.reload(shell.address);
      else shell.restart(view);
    });
  }

  /** Shows a preview of what the gateway has answered, unless the studio is faster. */
  async function showPreview(view, texts, style, parts) {
    const { turn } = view;
    const [css, told, { show }, catalog, visitor] = await Promise.all([style, texts, ...parts]);
    if (turn !== view.turn || view.studio || !visitor) return;
    view.dress(css);
    show(view.element, view.frame, { ...told, catalog, balance: visitor.balance ?? visitor });
  }

  /**
   * Builds a studio in a view. `locale` is the answer with the texts of its language; `preview` are the
   * promises that a preview waits for, if there can be one.
   */
  async function build(view, locale, preview, texts = loadTexts(view, locale)) {
    const { turn } = view;
    const requested = shell.request();
    const loading = studio ??= load(requested);
    if (preview) showPreview(view, texts, requested.style, preview).catch(() => {});
    let problem = 'notLoaded';
    try {
      warmUp(view.language);
      const [module, css, told] = await Promise.all([loading, requested.style, texts]);
      // The wasm has just started in this task.
      await nextTask();
      view.texts = told.texts;
      // Removed, or started again, meanwhile.
      if (turn !== view.turn) return;
      // It ended while this waited for the rest.
      if (studio !== loading) return build(view, locale, undefined, texts);
      problem = '';
      view.dress(css);
      view.module = module;
      view.studio = new module.Studio(view.element, view.frame, {
        base: Files.base,
        url: (name) => Files.url(name),
        ...told,
        takeEarly: shell.takeEarly,
        startWorker: Files.startWorker,
      });
      checkLanguage(view);
    } catch (error) {
      if (problem) forget(loading);
      // A fault of the wasm is reported first.
      const rule = await (problem && Files.forbidden());
      if (turn === view.turn) fail(view, rule || said(error), error?.gone ? 'newer' : problem, rule);
    }
  }

  /** Tells the page's owner of a language that the studio does not speak. */
  function checkLanguage({ element }) {
    const asked = element.lang.toLowerCase().split('-')[0];
    if (asked && !LANGUAGES.includes(asked)) {
      element.warn(`lang=“${element.lang}” is none of ${LANGUAGES.join(', ')}.`);
    }
  }

  /** Starts a generation; resolves with its result's `ai-now-completed` detail. `waiting` are the callers that wait for one. */
  function generate({ element, studio }, waiting, { model, prompt, style } = {}) {
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
      for (const name of names) element.addEventListener(name, ended);
      waiting.add(reject);
      stop = () => {
        for (const name of names) element.removeEventListener(name, ended);
        waiting.delete(reject);
      };
      key = studio?.generate(model, prompt, style);
      if (!key) reject(new Error(said(refusal)));
    }).finally(stop);
  }

  return { build, generate, checkLanguage };
}
