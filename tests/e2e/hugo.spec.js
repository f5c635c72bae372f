// The Hugo recipe: its site is built unchanged, with the real gateway in its parameters.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test, expect, Gateway } from './fixtures.js';
import { files } from './servers.js';

const source = fileURLToPath(new URL('../../examples/hugo', import.meta.url));

test('a shortcode of Hugo puts the studio on a page', async ({ page }) => {
  const out = await mkdtemp(path.join(tmpdir(), 'ai-now-hugo-'));
  const gateway = await Gateway.start({ demo: false });
  const blog = await files(out, {}, gateway.url);
  try {
    await gateway.keys('create', '--tokens', '100', '--label', 'blog');
    const owner = (await gateway.keys('list')).split('\t')[0];
    const key = await gateway.keys('create', '--publishable', owner, '--origin', blog.origin);
    await promisify(execFile)('hugo', ['--source', source, '--destination', out, '--noBuildLock'], {
      env: { ...process.env, HUGO_PARAMS_AINOW_GATEWAY: `${gateway.url}/`, HUGO_PARAMS_AINOW_PUBLISHABLEKEY: key },
    });
    await page.goto(`${blog.origin}/studio/index.html`);
    const studio = page.locator('ai-now-studio');
    // The author's text stays text.
    await expect(studio.getByRole('textbox').first()).toHaveValue('A "calm" lake & <mist>');
    await expect(page.getByText('50 tokens left')).toBeVisible();
    const made = await studio.evaluate(async (element) => (await element.generate({ model: 'suno', prompt: 'A tune, 3 seconds' })).url);
    expect(made).toMatch(/\.mp3$/);
    expect(await studio.locator('[name=model]').evaluateAll((radios) => radios.map(({ value }) => value))).toEqual(['suno', 'pika']);
  } finally {
    await blog.stop();
    await gateway.stop();
    await rm(out, { recursive: true, force: true });
  }
});
