// The files of the release that this shell belongs to: their addresses, and how they are fetched. If a page
// pins the shell, the browser checks all of them. It must not know what the files hold.
import pins from './pins.js';
import { forbidden, heed, nonceOf, startWorker } from './policy.js';

heed(() => Files.base);

export const Files = {
  /** The address of their folder. */
  base: '',
  /** What a policy of nonces asks of a script; empty if the page has none. */
  nonce: '',

  /** From now on they are those beside the shell of this address. */
  beside(shell) {
    this.base = new URL('.', shell).href;
    this.nonce = nonceOf(shell);
  },

  /** The address of a file. */
  url(name) {
    const hash = pins[name]?.slice(7, 23).replaceAll('+', '-').replaceAll('/', '_');
    return this.base + (hash ? name.replace(/(?=\.\w+$)/, `.${hash}`) : name);
  },

  async get(name) {
    const url = this.url(name);
    const answer = await fetch(url, { integrity: pins[name] ?? '' }).catch(async (error) => {
      // A server's error page fails the check of the hash, too: only the status tells the two apart.
      const told = await fetch(url, { method: 'HEAD' });
      if (told.ok) throw error;
      return told;
    });
    // A name with a hash belongs to one release: if the file is gone, there is a newer release.
    if (!answer.ok) throw Object.assign(new Error(`${name}: ${answer.status}`), { gone: pins[name] && [404, 410].includes(answer.status) });
    return answer;
  },

  /**
   * Imports a module; a pinned one only after the browser has checked it. Browsers remember modules by
   * address, including failures: each new attempt has an address of its own.
   */
  async module(name, attempt) {
    const href = this.url(name) + (attempt ? `?${attempt}` : '');
    const integrity = pins[name];
    if (integrity) {
      const link = document.createElement('link');
      Object.assign(link, { rel: 'modulepreload', href, crossOrigin: 'anonymous', integrity, nonce: this.nonce });
      await new Promise((resolve, reject) => {
        link.onload = resolve;
        link.onerror = reject;
        document.head.append(link);
      }).catch(async () => {
        await this.refuseForbidden();
        await this.get(name);
        throw new Error(`${name} is not the file that was pinned.`);
      }).finally(() => link.remove());
    }
    return import(href).catch(async (error) => {
      await this.refuseForbidden();
      throw error;
    });
  },

  /** Throws the sentence about the rule of the page that blocked our files, if one did. */
  async refuseForbidden() {
    const rule = await this.forbidden();
    if (rule) throw Object.assign(new Error(rule), { rule });
  },

  /** The module that shows a preview. Without it there is none. */
  preview() { return this.module('ai-now-preview.js'); },

  /** The second part of the shell. */
  start(attempt) { return this.module('ai-now-start.js', attempt); },

  startWorker,
  forbidden: () => forbidden(Files.base),

  /** Makes the browser request the shell anew, and reloads the page. */
  async reload(shell) {
    await fetch(shell, { cache: 'reload' }).catch(() => {});
    location.reload();
  },
};
