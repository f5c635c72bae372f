// What the studio will ask its gateway for first, asked for while the studio is still on its way. The
// studio takes an answer where it would have asked the very same; whatever differs, it asks itself.

const answers = new Map();
// Where storage is denied, the studio itself remembers who the visitor is.
const opened = new Set();
const PATIENCE_MILLIS = 20_000;

/** The gateway that an element is to use, ending in a slash. */
function gatewayOf(element, base) {
  const url = new URL(element.getAttribute('gateway')?.trim() || base, element.baseURI);
  url.search = url.hash = '';
  return url.href.replace(/\/?$/, '/');
}

function ask(method, url, token) {
  const key = [method, url, token].join(' ');
  if (answers.has(key)) return undefined;
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = fetch(url, { method, headers, signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  answers.set(key, answer);
  // Whoever takes it hears of a failure, too.
  return answer.then((response) => response.ok && response.clone().json()).catch(() => {});
}

/**
 * Asks for the catalog, and who the visitor is, or for what they can spend where that is known. Answers
 * promises of what comes of both, if both were asked for.
 */
export function askEarly(element, base) {
  if ((element.getAttribute('mode') || 'gateway').trim() !== 'gateway') return undefined;
  try {
    const gateway = gatewayOf(element, base);
    if (!gateway.startsWith('http')) return undefined;
    const catalog = ask('GET', `${gateway}api/catalog`, '');
    if (element.getSession) return undefined;
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(`ai-now:session:${gateway}`));
    } catch { /* Nothing is kept here. */ }
    if (kept?.renew_at_ms > Date.now()) return [catalog, ask('GET', `${gateway}api/balance`, kept.token)];
    if (opened.size === opened.add(gateway).size) return undefined;
    return [catalog, ask('POST', `${gateway}api/sessions`, kept?.token ?? element.getAttribute('publishable-key')?.trim() ?? '')];
  } catch { /* An address that is none: the studio says so. */ }
  return undefined;
}

/** The answer to a request that was sent already: a promise, once; else `undefined`. */
export function takeEarly(method, url, token) {
  const key = [method, url, token].join(' ');
  const answer = answers.get(key);
  answers.delete(key);
  return answer;
}
