// The page's Content-Security-Policy and Trusted Types: what they forbade of ours, and their leave to
// start a worker. It must not know which files there are.

/** The page's leave to start a worker, where it demands one (`require-trusted-types-for`). */
let policy;

/** What was broken of the page's policy by files of ours: a directive's name. */
let broken;
/** Called when that is known. */
let hear;

/** Browsers tell of it a moment after they have refused; after so many milliseconds there was nothing. */
const TOLD_MILLIS = 100;

/** From now on heeds what the policy forbids of files whose address begins with what `base` answers. */
export function heed(base) {
  globalThis.document?.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
    if (blockedURI === 'wasm-eval' || blockedURI.startsWith(base())) {
      broken = effectiveDirective;
      hear?.();
    }
  });
}

/** A promise of why our files could not be used, as a sentence, where the page's policy forbade it. */
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

/** Starts a worker; throws what has a `rule` where the page's policy names no policy of ours. */
export function startWorker(url) {
  try {
    policy ??= globalThis.trustedTypes?.createPolicy('ai-now', { createScriptURL: (own) => own });
  } catch {
    throw Object.assign(new Error(), { rule: 'trusted-types ai-now' });
  }
  return new Worker(policy?.createScriptURL(url) ?? url, { type: 'module' });
}
