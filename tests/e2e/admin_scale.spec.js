// The administrators' page with a hundred thousand generations in the records: the requests of each page, how long
// the gateway takes for them, and what blocks the page. Times are reported, not asserted; the number of requests
// and of rows is asserted.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test, expect, Gateway } from './fixtures.js';
import { PAGES, ask, ended, fill, generate, goTo, settled, signIn } from './admin.js';

const COUNT = 100_000;
/** The maximum number of rows on a page. */
const ROWS_MAX = 130;

/** Requests generations with each filter, with no, one and many matches, and reports the times. */
async function everyFilter(gateway, key, { empty, single, many }) {
  const ages = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const filters = {
    key: [empty, single, many], model: ['none', 'run', 'suno'], provider: ['none', 'dream', 'sketch'],
    state: ['queued', 'running', 'failed'], text: ['a loud desert', 'Number 77777,', 'a calm lake'],
    from: [ages(-1), ages(0), ages(20)], to: [ages(60), ages(29), ages(0)],
  };
  for (const [name, values] of Object.entries(filters)) {
    for (const [at, value] of values.entries()) {
      const query = new URLSearchParams({ [name]: value, limit: 50 });
      const begun = performance.now();
      const { generations } = await ask(gateway, key, `generations?${query}`);
      const ms = Math.round(performance.now() - begun);
      console.log(`${name} ${value}: ${generations.length} found, ${ms} ms`);
      if (['key', 'model', 'provider', 'text'].includes(name)) expect(generations.length, `${name} ${value}`).toBe([0, 1, 50][at]);
      for (const { generation, provider, key: owner } of generations) {
        const found = { key: owner, model: generation.model, provider, state: generation.state }[name];
        if (found) expect(found, name).toBe(value);
      }
    }
  }
}

test(`every page with ${COUNT} generations`, async ({ page, picture }) => {
  const gateway = await Gateway.start();
  try {
    const secret = await gateway.keys('create', '--tokens', '10', '--label', 'shop');
    expect(secret).not.toBe('');
    const key = await gateway.admins('create', '--name', 'ada');
    await gateway.keys('create', '--tokens', '10', '--label', 'unused');
    const other = await gateway.keys('create', '--tokens', '10', '--label', 'with one');
    await ended(gateway, other, await generate(gateway, other, { model: 'suno', prompt: 'A tune, 3 seconds' }));
    await gateway.kill();
    await fill(gateway.data, COUNT);
    // One generation of another provider and another model, in the middle: the oldest are about to be removed.
    const amidst = 'UPDATE generations SET provider = \'dream\', model = \'run\' WHERE id = (SELECT id FROM generations ORDER BY created_at_ms LIMIT 1 OFFSET 50000)';
    await promisify(execFile)('sqlite3', ['-bail', `${gateway.data}/ai-now.db`, amidst]);
    await gateway.restart();
    const { keys } = await ask(gateway, key, 'keys?limit=200');
    const owner = keys.find(({ balance }) => balance.granted >= 10 * COUNT);
    const named = (label) => keys.find((known) => known.label === label).name;
    await everyFilter(gateway, key, { empty: named('unused'), single: named('with one'), many: owner.name });
    const { generations: [{ generation }] } = await ask(gateway, key, 'generations?limit=1');
    await page.addInitScript(() => {
      window.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) window.longTasks.push({ startTime, duration });
      }).observe({ type: 'longtask', buffered: true });
    });
    const told = [];
    /** Opens a page, and reports its cost. */
    const visit = async (what, go) => {
      const since = await page.evaluate(() => performance.now());
      await go();
      await settled(page);
      const seen = await page.evaluate((since) => ({
        asked: performance.getEntriesByType('resource')
          .filter(({ name, startTime }) => name.includes('/api/admin/') && startTime >= since)
          .map(({ name, requestStart, responseStart, encodedBodySize }) => ({
            path: name.split('/api/admin/')[1], ms: Math.round(responseStart - requestStart), bytes: encodedBodySize,
          })),
        tasks: window.longTasks.filter(({ startTime }) => startTime >= since).map(({ duration }) => Math.round(duration)),
        rows: document.querySelectorAll('main tbody tr').length,
      }), since);
      told.push({ what, ...seen });
      expect(seen.asked.length, `${what}: requests`).toBeLessThanOrEqual(4);
      expect(seen.asked.reduce((sum, { bytes }) => sum + bytes, 0), `${what}: bytes`).toBeLessThan(200_000);
      expect(seen.rows, `${what}: rows`).toBeLessThanOrEqual(ROWS_MAX);
    };
    await signIn(page, gateway.url, key);
    await settled(page);
    for (const name of [...PAGES.slice(1), PAGES[0]]) await visit(name, () => goTo(page, name));
    await picture('admin-overview-filled');
    const open = (hash, heading) => async () => {
      await page.evaluate((hash) => { location.hash = hash; }, hash);
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    };
    await visit('the key of all', open(`#/keys/${owner.name}`, owner.name));
    await visit('the newest generation', open(`#/generations/${generation.id}`, 'Generation'));
    await visit('those of a model that failed', open('#/generations?model=suno&state=failed', 'Generations'));
    await visit('those of a provider', open('#/generations?provider=sketch&state=failed', 'Generations'));
    await visit('those of no provider', open('#/generations?provider=own', 'Generations'));
    await visit('the usage of a month by model', open('#/usage?by=model', 'Usage'));
    await visit('those with a text', open('#/generations?text=Number%2077777,', 'Generations'));
    await visit('those with a text that none has', open('#/generations?text=a%20loud%20desert', 'Generations'));
    await visit('the next part', async () => {
      await open('#/generations', 'Generations')();
      await settled(page);
      await page.getByRole('link', { name: 'Older' }).click();
      await expect(page).toHaveURL(/before=/);
    });
    for (const { what, asked, tasks, rows } of told) {
      console.log(`${what}: ${rows} rows, long tasks ${tasks.join(', ') || 'none'} ms; ${asked.map(({ path, ms, bytes }) => `${path} ${ms} ms ${bytes} bytes`).join('; ')}`);
    }
  } finally {
    await gateway.stop();
  }
});
