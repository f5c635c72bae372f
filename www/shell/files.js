// The files of the release that this shell belongs to: their addresses, and how they are fetched.
// Where a page pins the shell, the browser checks all of them.
import pins from './pins.js';
import { forbidden, heed, startWorker } from './policy.js';

heed(() => Files.base);

export const Files = {
  /** The folder that they lie in. */
  base: '',

  /** The address of a file. */
  url(name) {
    const hash = pins[name]?.slice(7, 23).replaceAll('+', '-').replaceAll('/', '_');
    return this.base + (hash ? name.replace(/(?=\.\w+$)/, `.${hash}`) : name);
  },

  async get(name) {
    const url = this.url(name);
    const answer = await fetch(url, { integrity: pins[name] ?? '' }).catch(async (error) => {
      // The page that says that there is no such file fails the check, too.
      const told = await fetch(url, { method: 'HEAD' });
      if (told.ok) throw error;
      return told;
    });
    // A name with a hash is good for one release: where it is gone, there is another one.
    if (!answer.ok) throw Object.assign(new Error(`${name}: ${answer.status}`), { gone: pins[name] && [404, 410].includes(answer.status) });
    return answer;
  },

  /**
   * Imports a module; where it is pinned, only after the browser has checked it.
   * Browsers remember modules by address, those too that failed: each new attempt has its own.
   */
  async module(name, attempt) {
    const href = this.url(name) + (attempt ? `?${attempt}` : '');
    const integrity = pins[name];
    if (integrity) {
      const link = document.createElement('link');
      // A policy by nonces lets in what bears the nonce of the script that we came with.
      const { nonce } = document.querySelector('script[nonce]') ?? {};
      Object.assign(link, { rel: 'modulepreload', href, crossOrigin: 'anonymous', integrity, nonce });
      await new Promise((resolve, reject) => {
        link.onload = resolve;
        link.onerror = reject;
        document.head.append(link);
      }).catch(async () => {
        await this.get(name);
        throw new Error(`${name} is not the file that was pinned.`);
      }).finally(() => link.remove());
    }
    return import(href);
  },

  /** What shows a preview. Without it, there is none. */
  preview() { return this.module('ai-now-preview.js'); },

  startWorker,
  forbidden: () => forbidden(Files.base),

  /** Has the browser ask for the shell anew, and loads the page with it. */
  async reload(shell) {
    await fetch(shell, { cache: 'reload' }).catch(() => {});
    location.reload();
  },
};
