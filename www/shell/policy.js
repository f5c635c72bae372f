// The page's Content-Security-Policy and Trusted Types: what they blocked of our files, and the policy of
// ours that lets us start a worker. It must not know which files there are.

/** Our Trusted Types policy, which `require-trusted-types-for` demands for a worker's address. */
let policy;

/** The directive that blocked a file of ours. */
let broken;
/** Called when that becomes known. */
let hear;

/** Browsers report it a moment after the request has failed. After this many milliseconds nothing was blocked. */
const TOLD_MILLIS = 100;

/** From now on notes which files the policy blocks, if their address begins with what `base` returns. */
export function heed(base) {
  globalThis.document?.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
    if (blockedURI === 'wasm-eval' || blockedURI.startsWith(base())) {
      broken = effectiveDirective;
      hear?.();
    }
  });
}

/**
 * The nonce of the script tag that loads the script of this address; otherwise of another that has one. To be
 * asked while the tag is there: pages remove it.
 */
export function nonceOf(address) {
  const scripts = [...(globalThis.document?.scripts ?? [])].filter(({ nonce }) => nonce);
  return (scripts.find(({ src }) => src === address) ?? scripts.find(({ type }) => type === 'module') ?? scripts[0])?.nonce ?? '';
}

/** A promise of a sentence about the directive that blocked our files; of `undefined` if none did. */
export async function forbidden(base) {
  await new Promise((resolve) => {
    hear = resolve;
    setTimeout(resolve, broken ? 0 : TOLD_MILLIS);
  });
  const rule = broken;
  broken = undefined;
  if (!rule) return undefined;
  const { origin } = new URL(base);
  const wants = rule === 'script-src' ? `${origin} 'wasm-unsafe-eval'` : origin;
  return `The page's Content-Security-Policy forbids it: ${rule} needs ${wants}.`;
}

/** Starts a worker; throws an error with a `rule` if the page's Trusted Types allow no policy of ours. */
export function startWorker(url) {
  try {
    policy ??= globalThis.trustedTypes?.createPolicy('ai-now', { createScriptURL: (own) => own });
  } catch {
    throw Object.assign(new Error(), { rule: 'trusted-types ai-now' });
  }
  return new Worker(policy?.createScriptURL(url) ?? url, { type: 'module' });
}
