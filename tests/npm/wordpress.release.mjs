// The plug-in in a real WordPress, as its users see it: activated, configured, added to a page in the editor as a
// block and as a shortcode, and opened by a visitor. WordPress and its database are those that WordPress Playground
// packs for npm; PHP's own server runs them.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { freePort, gateway, serving } from './servers.mjs';
import { browse, here, place, run, top } from './support.mjs';

/** A WordPress in a folder, at an address, with the plug-in available for activation. */
async function wordpress(t, origin) {
  const dir = place(t, 'wordpress');
  cpSync(path.join(here, 'release/wordpress'), dir, { recursive: true, filter: (file) => !file.includes('node_modules') });
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: dir });
  const builds = path.join(dir, 'node_modules/@wp-playground/wordpress-builds');
  const site = path.join(dir, 'site');
  await run('unzip', ['-q', path.join(builds, 'src/wordpress/wp-6.5.zip'), '-d', site]);
  // Static files are served from the same folder.
  cpSync(path.join(builds, 'public/wp-6.5'), site, { recursive: true });
  const plugins = path.join(site, 'wp-content/plugins');
  await run('unzip', ['-q', path.join(builds, 'src/sqlite-database-integration/sqlite-database-integration.zip'), '-d', dir]);
  const sqlite = path.join(plugins, 'sqlite-database-integration');
  renameSync(path.join(dir, readdirSync(dir).find((name) => name.startsWith('sqlite-database'))), sqlite);
  cpSync(path.join(sqlite, 'db.copy'), path.join(site, 'wp-content/db.php'));
  mkdirSync(plugins, { recursive: true });
  cpSync(path.join(top, 'examples/wordpress/ai-now-studio'), path.join(plugins, 'ai-now-studio'), { recursive: true });
  const config = path.join(site, 'wp-config.php');
  const own = { WP_HOME: origin, WP_SITEURL: origin, WP_HTTP_BLOCK_EXTERNAL: true, AUTOMATIC_UPDATER_DISABLED: true, DISABLE_WP_CRON: true };
  const lines = Object.entries(own).map(([name, value]) => `define('${name}', ${typeof value === 'string' ? `'${value}'` : value});`);
  writeFileSync(config, readFileSync(config, 'utf8').replace('<?php', `<?php ${lines.join(' ')}`));
  return site;
}

test('WordPress: the plug-in is set up, put on a page in the editor, and opened by a visitor', async (t) => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { url, publishable } = await gateway(t, origin);
  const site = await wordpress(t, origin);
  const env = { ...process.env, PHP_CLI_SERVER_WORKERS: '4' };
  await serving(t, /Development Server \((http\S+)\) started/, 'php', ['-S', `127.0.0.1:${port}`, '-t', site], { env });

  const { page } = await browse(t, `${origin}/wp-login.php`);
  await page.getByLabel('Username or Email Address').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('password');
  await page.getByRole('button', { name: 'Log In' }).click();
  // It may first ask whether the administrator's address is still correct.
  await page.waitForFunction(() => !document.getElementById('loginform'));
  await page.goto(`${origin}/wp-admin/plugins.php`);
  await page.getByRole('link', { name: 'Activate AI-Now Studio' }).click();
  await page.getByText('Plugin activated.').waitFor();
  await page.goto(`${origin}/wp-admin/options-general.php?page=ai-now-studio`);
  await page.getByLabel('Gateway').fill(`${url}/`);
  await page.getByLabel('Publishable key').fill(publishable);
  await page.getByRole('button', { name: 'Save Changes' }).click();
  await page.getByText('Settings saved.').waitFor();

  await page.goto(`${origin}/wp-admin/post-new.php?post_type=page`);
  await page.waitForFunction(() => globalThis.wp?.data?.select('core/editor')?.getCurrentPostId());
  await page.evaluate(() => wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false));
  await page.evaluate(() => wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuidePage', false));
  // Checks the block in the editor, where WordPress knows it and shows its placeholder.
  await page.evaluate(() => {
    const { createBlock } = wp.blocks;
    wp.data.dispatch('core/block-editor').insertBlocks([
      createBlock('ai-now/studio', { models: 'suno', theme: 'dark' }),
      createBlock('core/shortcode', { text: '[ai-now-studio models="suno pika" preset-style="4" prompt="&quot;&gt;<script>alert(1)</script>" onclick="alert(2)"]' }),
    ]);
    wp.data.dispatch('core/editor').editPost({ title: 'A studio', status: 'publish' });
  });
  await page.frameLocator('[name=editor-canvas]').getByText('AI-Now Studio: the page shows it to visitors.').waitFor();
  const address = await page.evaluate(async () => {
    await wp.data.dispatch('core/editor').savePost();
    return wp.data.select('core/editor').getPermalink();
  });

  const visitor = await browse(t, address);
  const studios = visitor.page.locator('ai-now-studio');
  const [block, shortcode] = await studios.evaluateAll((all) => all.map((studio) => Object.fromEntries([...studio.attributes].map(({ name, value }) => [name, value]))));
  assert.deepEqual(block, { 'publishable-key': publishable, models: 'suno', theme: 'dark' });
  assert.equal(shortcode.models, 'suno pika');
  assert.equal(shortcode['preset-style'], '4');
  assert.equal(shortcode.onclick, undefined);
  assert.equal(await visitor.page.locator('script', { hasText: 'alert(1)' }).count(), 0);
  await visitor.page.getByText('50 tokens left').first().waitFor();
  const made = await visitor.page.evaluate(async () => (await document.querySelector('ai-now-studio').generate({ model: 'suno', prompt: 'A tune, 2 seconds' })).url);
  assert.match(made, /\.mp3$/);
  await visitor.page.getByText('40 tokens left').first().waitFor();
});
