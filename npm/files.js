// The files of the release, in the npm package: in place of `www/shell/files.js`. There a file's address
// is made from where the script came from. Here a bundler may have put each file anywhere: scripts, texts
// and the style sheet are modules, and what can't be one (wasm, pictures) stands in `release.js` as the
// `new URL('…', import.meta.url)` that bundlers look for. It must not know what the files hold.
import { ENGINE, LANGUAGES, STUDIO, WIDGET } from '../release.js';
import { forbidden, heed, startWorker } from './policy.js';

/** The whole address of a file: some bundlers make one that only a page can complete, and no worker. */
const whole = (address) => new URL(address(), document.baseURI).href;

heed(() => whole(WIDGET));

const { origin } = globalThis.location ?? {};

/** What the package has for a folder of its own: the page's origin, where its gateway may be, too. */
export const HERE = `${/^http/.test(origin) ? origin : 'http://localhost'}/`;

/** The glue, the style sheet, the worker and the pictures: a module, once it is wanted. */
let studio;
const loaded = () => (studio ??= STUDIO());

/** The same module, once it is there. */
let parts;

/** The address of the worker's script, once it is wanted. */
let worker;

export const Files = {
  base: HERE,

  /** The bundler has put them where it likes; only the gateway may be in this folder. */
  beside(folder) { this.base = folder; },

  /** The address of a file, by its name in the source. */
  url(name) {
    if (name === 'sketch-worker.js') {
      // A worker from the page's own origin, wherever the bundler's files come from.
      const text = `self.ENGINE=${JSON.stringify(whole(ENGINE))};${parts.WORKER}`;
      return worker ??= URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    }
    return parts?.PICTURES[name]?.() ?? this.base + name;
  },

  async get(name) {
    const language = /^locales\/(\w+)\.json$/.exec(name)?.[1];
    if (language) return Response.json((await LANGUAGES[language]()).default);
    if (name === 'widget.css') return new Response((await loaded()).STYLE);
    const answer = await fetch(WIDGET());
    if (!answer.ok) throw Object.assign(new Error(`${name}: ${answer.status}`), { gone: answer.status === 404 });
    return answer;
  },

  /** A new instance of the glue each time: one that was used belongs to the wasm that it was used with. */
  async module() {
    try {
      parts = await loaded();
    } catch (error) {
      studio = undefined;
      throw error;
    }
    return parts.glue();
  },

  preview: () => import('../preview.js'),
  start: () => import('../start.js'),

  startWorker,
  forbidden: () => forbidden(whole(WIDGET)),

  /** Has the browser ask for the page anew. */
  async reload() { location.reload(); },
};
