// Mounting and unmounting: a thousand studios leave nothing behind, and a moved one continues.
import { test, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { network } from './servers.js';

/** Makes the memory of the page's wasm available to the test. */
const keepMemory = (page) => page.addInitScript(() => {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...given) => {
    const started = await instantiateStreaming(...given);
    const exported = Object.values(started.instance.exports);
    window.wasmMemory = exported.find((part) => part instanceof WebAssembly.Memory);
    return started;
  };
});

/** The numbers of elements, shadow roots and database connections, attached or not. */
async function dom(cdp) {
  const counts = {};
  for (const name of ['customElements.get("ai-now-studio")', 'ShadowRoot', 'IDBDatabase', 'BroadcastChannel', 'IntersectionObserver', 'MutationObserver']) {
    const { result: { objectId: prototypeObjectId } } = await cdp.send('Runtime.evaluate', { expression: `${name}.prototype` });
    const { objects: { objectId } } = await cdp.send('Runtime.queryObjects', { prototypeObjectId, objectGroup: 'counted' });
    const { result: { value } } = await cdp.send('Runtime.callFunctionOn', {
      objectId, functionDeclaration: 'function count() { return this.length; }', returnByValue: true,
    });
    counts[name] = value;
  }
  // The counted objects are referenced by the counter itself.
  await cdp.send('Runtime.releaseObjectGroup', { objectGroup: 'counted' });
  const { documents } = await cdp.send('Memory.getDOMCounters');
  return { ...counts, documents };
}

/** The browser's own counters after garbage collection; they include what the wasm still references. */
async function counter(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  return async () => {
    // Twice: objects that a finalizer releases are only collected in the next run.
    for (let round = 0; round < 2; round += 1) await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const metric = (name) => metrics.find((known) => known.name === name).value;
    return {
      nodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      wasmPages: await page.evaluate(() => window.wasmMemory.buffer.byteLength / 65536),
      ...await dom(cdp),
    };
  };
}

/** The counters once they are stable: operations that are pending at removal end a moment later. */
async function settled(count) {
  let last = await count();
  await expect.poll(async () => {
    const now = await count();
    const same = now.nodes === last.nodes && now.listeners === last.listeners;
    last = now;
    return same;
  }).toBe(true);
  return last;
}

/** Mounts, moves and removes `count` elements, four at a time. */
const comeAndGo = (page, count) => page.evaluate(async (count) => {
  const [one, other] = [document.createElement('div'), document.createElement('div')];
  document.body.append(one, other);
  for (let done = 0; done < count; done += 4) {
    const elements = Array.from({ length: 4 }, () => document.createElement('ai-now-studio'));
    for (const element of elements) {
      one.append(element);
      element.prompt = 'A tune';
      element.start().catch(() => {});
    }
    // One is removed before it is mounted, the others after; two are moved in between.
    elements[3].remove();
    other.append(elements[0], elements[1]);
    await Promise.all(elements.slice(0, 3).map((element) => element.ready));
    one.append(elements[0]);
    if (!elements[0].shadowRoot.querySelector('textarea')) throw new Error('nothing stands');
    for (const element of elements) element.remove();
  }
  one.remove();
  other.remove();
}, count);

test('a thousand come and go, several at once, and leave nothing behind', async ({ page }) => {
  test.setTimeout(400_000);
  const gateway = await Gateway.start({
    env: { AI_NOW_LIMITS__REQUESTS_PER_MINUTE: '1000000', AI_NOW_LIMITS__ADDRESS_REQUESTS_PER_MINUTE: '1000000' },
  });
  try {
    await keepMemory(page);
    await new Studio(page).open(gateway.url);
    const count = await counter(page);
    // Objects that are created once and kept (tables, style sheets, the allocator's reserve) are created here.
    await comeAndGo(page, 100);
    const before = await settled(count);
    // A check that leaks would be counted.
    expect(before.ShadowRoot).toBeGreaterThan(0);
    await comeAndGo(page, 1000);
    // Operations that are pending at removal end a moment later.
    await expect.poll(async () => {
      const after = await count();
      const more = Object.entries(after).map(([name, number]) => [name, number - before[name]]);
      return Object.fromEntries(more.filter(([name, number]) => number > 0 && name !== 'wasmPages'));
    }).toEqual({});
    // A wasm's memory never shrinks: it shows the peak, which varies slightly. A thousand leaked studios would be
    // hundreds of pages.
    const after = await count();
    expect(after.wasmPages - before.wasmPages).toBeLessThan(8);
  } finally {
    await gateway.stop();
  }
});

test('an element that is moved goes on with what it does', async ({ page, gateway }) => {
  const line = await network(gateway.url);
  try {
    const studio = new Studio(page);
    await studio.open(line.origin);
    await studio.ask({ model: 'Suno', prompt: 'A long and calm piece for piano, 180 seconds' });
    await studio.generate.click();
    await expect(studio.progress).toBeVisible();
    await expect.poll(() => line.streams().length).toBe(1);
    const same = await page.evaluate(async () => {
      const element = document.querySelector('ai-now-studio');
      const standing = element.shadowRoot.firstElementChild;
      const elsewhere = document.createElement('section');
      document.querySelector('main').append(elsewhere);
      elsewhere.append(element);
      await new Promise((resolve) => setTimeout(resolve));
      // Removed and inserted within one task, as frameworks do when they sort lists.
      element.remove();
      document.querySelector('main').append(element);
      await new Promise((resolve) => setTimeout(resolve));
      if (Element.prototype.moveBefore) elsewhere.moveBefore(element, null);
      return standing === element.shadowRoot.firstElementChild && standing.isConnected;
    });
    expect(same).toBe(true);
    await expect(studio.play).toBeVisible({ timeout: 90_000 });
    expect(line.submissions()).toHaveLength(1);
    expect(line.streams()).toHaveLength(1);
  } finally {
    await line.stop();
  }
});

test('several on one page are one visitor, and each its own', async ({ page, gateway }) => {
  const line = await network(gateway.url);
  try {
    await new Studio(page).open(line.origin);
    const ends = await page.evaluate(async () => {
      const other = document.createElement('ai-now-studio');
      other.model = 'pika';
      other.presetStyle = '4';
      document.querySelector('main').append(other);
      const [first] = document.querySelectorAll('ai-now-studio');
      const heard = [];
      document.addEventListener('ai-now-completed', ({ target }) => heard.push(target === first));
      await other.start();
      const made = await first.generate({ model: 'suno', prompt: 'A tune, 3 seconds' });
      // The other element learns of it from the history; it didn't start it, so it raises no event.
      const list = () => other.shadowRoot.textContent.includes('A tune, 3 seconds');
      while (!list()) await new Promise((resolve) => setTimeout(resolve, 20));
      return { heard, url: made.url, chosen: other.shadowRoot.querySelector('[name=model]:checked').value };
    });
    expect(ends.heard).toEqual([true]);
    expect(ends.url).toMatch(/\.mp3$/);
    expect(ends.chosen).toBe('pika');
    expect(line.submissions()).toHaveLength(1);
    expect(line.count('POST /api/sessions')).toBe(1);
  } finally {
    await line.stop();
  }
});
