// The studio's first requests to its gateway, sent while the studio itself is loading. The studio uses an
// answer if it would send exactly the same request; all others it sends itself. It must not know how
// answers are used.

const answers = new Map();
// The gateways that were asked for a session. If storage is denied, the studio itself remembers the session.
const opened = new Set();
const PATIENCE_MILLIS = 20_000;

/** The address of an element's gateway, with a slash at its end. */
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
  // The studio, which takes the same promise, handles the error.
  return answer.then((response) => response.ok && response.clone().json()).catch(() => {});
}

/**
 * Requests the catalog, and the visitor's session; only the balance if the session is stored. Returns
 * promises of both answers if both were requested.
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
    } catch { /* Storage is denied. */ }
    if (kept?.renew_at_ms > Date.now()) return [catalog, ask('GET', `${gateway}api/balance`, kept.token)];
    if (opened.size === opened.add(gateway).size) return undefined;
    return [catalog, ask('POST', `${gateway}api/sessions`, kept?.token ?? element.getAttribute('publishable-key')?.trim() ?? '')];
  } catch { /* The gateway's address is not valid: the studio says so. */ }
  return undefined;
}

/** Returns the promise of the answer to a request that was sent here, once; else `undefined`. */
export function takeEarly(method, url, token) {
  const key = [method, url, token].join(' ');
  const answer = answers.get(key);
  answers.delete(key);
  return answer;
}
