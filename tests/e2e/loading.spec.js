// From the prompt to the studio: everything is requested at once, and nothing on the page moves.
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';

const WORDS = '<p>Words around it, as an article has them, in lines that fill the page.</p>'.repeat(4);

/** A page of text with a studio in the middle, which is held back until the browser knows the element. */
const article = (page, style = '') => page.route('**/article', (route) => route.fulfill({
  contentType: 'text/html',
  body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
    <title>An article</title><script type="module" src="/ai-now.js" blocking="render"></script>
    <body>${WORDS}<ai-now-studio style="${style}"></ai-now-studio>${WORDS}`,
}));

/** Opens it, and returns the layout shifts that the browser reports without user input. */
async function moved(page, gateway) {
  await page.goto(`${gateway.url}/article`);
  await expect(page.getByText(/tokens? left/)).toBeVisible();
  // The preview shows that too; shifts when the studio replaces it count.
  await page.locator('ai-now-studio').evaluate((element) => element.ready.then(() => {}));
  return page.evaluate(async () => {
    const all = [];
    const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
    const add = (list) => {
      for (const { sources } of list.getEntries()) {
        for (const { node, previousRect, currentRect } of sources) {
          const name = node?.getAttribute?.('part') || node?.className || node?.nodeName;
          all.push(`${name}: ${place(previousRect)} → ${place(currentRect)}`);
        }
      }
    };
    const observer = new PerformanceObserver(add);
    observer.observe({ type: 'layout-shift', buffered: true });
    // A shift is reported with the next frame.
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => { setTimeout(resolve); });
    add({ getEntries: () => observer.takeRecords() });
    return all;
  });
}

const WIDTHS = [320, 390, 640, 1280];

test('nothing moves when it comes, nor when it brings what was made before', async ({ page, gateway }) => {
  await article(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 2400 });
    expect(await moved(page, gateway), `${width} px`).toEqual([]);
  }
  const kept = () => page.evaluate(() => localStorage.getItem('ai-now:made'));
  await expect.poll(kept).toBe('0px');
  await page.evaluate(() => document.querySelector('ai-now-studio').generate({ model: 'suno', prompt: 'A tune, 3 seconds' }));
  await expect(page.getByRole('region', { name: 'Made on this device' })).toBeVisible();
  await expect.poll(kept).not.toBe('0px');
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 2400 });
    // Each width has different lines and rows; their heights are known from the previous visit.
    await moved(page, gateway);
    const height = () => page.evaluate(() => `${document.querySelector('ai-now-studio').shadowRoot.querySelector('[part=gallery]').getBoundingClientRect().height}px`);
    await expect.poll(kept).toBe(await height());
    expect(await moved(page, gateway), `${width} px`).toEqual([]);
  }
});

test('a page that keeps too little free sees it move', async ({ page, gateway }) => {
  await article(page, '--ai-now-height: 20rem');
  await page.setViewportSize({ width: 640, height: 2400 });
  expect(await moved(page, gateway)).not.toEqual([]);
});

test('the built-in models serve until those of the gateway are there, and nothing typed is lost', async ({ page, gateway }) => {
  let answer;
  await page.route('**/api/catalog', (route) => new Promise((resolve) => {
    answer = async () => {
      const response = await route.fetch();
      const catalog = await response.json();
      catalog.models = catalog.models.slice(0, 2);
      resolve(route.fulfill({ response, json: catalog }));
    };
  }));
  await page.goto(gateway.url);
  await expect.poll(() => typeof answer).toBe('function');
  const studio = new Studio(page);
  const models = page.getByRole('radio', { name: /^(Suno|Luma|Pika|Run)\b/ });
  await expect(models).toHaveCount(4);
  await expect(page.getByText(/tokens? left/)).toBeVisible();
  await studio.prompt.fill('typed before the gateway has answered');
  await answer();
  await expect(models).toHaveCount(2);
  await expect(studio.prompt).toHaveValue('typed before the gateway has answered');
  await expect(studio.prompt).toBeFocused();
});

test('nothing waits for what it does not need, and nothing is asked for twice', async ({ page, gateway }) => {
  const asked = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`.replace(/\.[\w-]{16}\./, '.')));
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  await page.route('**/ai-now-widget_bg*.wasm', (route) => held.then(() => route.continue()));
  const needed = ['GET /ai-now-widget_bg.js', 'GET /ai-now-widget_bg.wasm', 'GET /widget.css', 'GET /api/catalog'];
  const count = (name) => asked.filter((one) => one === name).length;
  await page.goto(gateway.url);
  // While the wasm is still loading.
  for (const name of [...needed, 'POST /api/sessions']) await expect.poll(() => count(name), name).toBe(1);
  letGo();
  await expect(page.getByText(/tokens? left/)).toBeVisible();
  expect([...needed, 'POST /api/sessions', 'GET /api/balance'].map(count)).toEqual([1, 1, 1, 1, 1, 0]);
  // On the next visit, the visitor is known.
  asked.length = 0;
  await page.reload();
  await expect(page.getByText(/tokens? left/)).toBeVisible();
  expect([...needed, 'POST /api/sessions', 'GET /api/balance'].map(count)).toEqual([1, 1, 1, 1, 0, 1]);
});

test('a gateway that does not answer does not delay the page', async ({ page, gateway }) => {
  await page.route('**/api/**', () => { /* It never comes. */ });
  await page.goto(gateway.url);
  const studio = new Studio(page);
  await expect(studio.prompt).toBeVisible();
  await expect(studio.model('Pika')).toBeVisible();
  await expect(studio.generate).toHaveAttribute('aria-disabled', 'true');
});
