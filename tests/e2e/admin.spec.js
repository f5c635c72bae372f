// The administrators' page with the real gateway: signing in, every page, every change, the viewer role, and
// accessibility.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { test, expect, Gateway } from './fixtures.js';
import { prefix } from './servers.js';
import { PAGES, addWebhook, ask, ended, generate, goTo, receiver, settled, signIn } from './admin.js';

test.describe.configure({ mode: 'parallel' });

async function expectAccessible(page, what) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), what).toEqual([]);
  const small = await page.evaluate(() => [...document.querySelectorAll('button, a[href], input, textarea, select, summary')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    // The skip link appears when it has the focus.
    .filter((element) => !element.matches('.skip:not(:focus)'))
    .filter((element) => {
      const hits = [element, ...(element.labels ?? [])].map((hit) => hit.getBoundingClientRect());
      return Math.max(...hits.map(({ height }) => height)) < 24;
    }).map((element) => element.outerHTML.slice(0, 120)));
  expect(small, `${what}: targets of less than 24 px`).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, `${what}: wider than the window`).toBeLessThanOrEqual(0);
}

/** The value of a fact by its name. */
const factOf = (page) => (name) => page.locator('.facts > div', { has: page.locator(`dt:text-is("${name}")`) }).locator('dd');

test('a wrong key is refused, the right one opens the page that was asked for, and signing out ends it', async ({ page, gateway }) => {
  const secret = await gateway.keys('create', '--tokens', '5');
  const key = await gateway.admins('create', '--name', 'ada');
  await page.goto(`${gateway.url}/admin/#/usage`);
  const field = page.getByLabel('Administrator’s key');
  for (const wrong of ['nonsense', secret, `${key}x`, 'two words']) {
    await field.fill(wrong);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toContainText('doesn’t open the administration');
    await expect(field).toBeFocused();
  }
  await field.fill(key);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible();
  await expect(page.getByText('ada')).toBeVisible();
  // A reload keeps the session; no script can read the key or the session.
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible();
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: 'ai-now-admin', httpOnly: true, sameSite: 'Strict' });
  const kept = await page.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept).not.toContain(key);
  expect(kept).not.toContain(cookie.value);
  const stolen = () => fetch(`${gateway.url}/api/admin/me`, { headers: { Cookie: `${cookie.name}=${cookie.value}` } });
  expect((await stolen()).status).toBe(200);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(field).toBeVisible();
  await expect(field).toHaveValue('');
  expect((await stolen()).status).toBe(401);
});

test('a session whose key was revoked ends, and the next one begins on the same page', async ({ page, gateway }) => {
  await signIn(page, gateway.url, await gateway.admins('create', '--name', 'ada'), '#/keys?search=shop');
  await settled(page);
  await gateway.admins('revoke', '--name', 'ada');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Activity log' }).click();
  await expect(page.getByRole('alert')).toContainText('You were signed out');
  await page.getByLabel('Administrator’s key').fill(await gateway.admins('create', '--name', 'eve'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Activity log' })).toBeVisible();
});

test('a session that is ended elsewhere ends in an idle page, too', async ({ page, gateway, context }) => {
  await signIn(page, gateway.url, await gateway.admins('create', '--name', 'ada'), '#/overview');
  await settled(page);
  const other = await context.newPage();
  await other.goto(`${gateway.url}/admin/#/keys`);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByLabel('Administrator’s key')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('You were signed out', { timeout: 30_000 });
  await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0);
});

test('a key is made, found, granted to, limited and revoked', async ({ page, gateway, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, gateway.url, await gateway.admins('create', '--name', 'ada'), '#/keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  let dialog = page.getByRole('dialog', { name: 'Create a key' });
  await dialog.getByLabel('Label').fill('The shop');
  await dialog.getByLabel('Tokens').fill('100');
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  const shown = page.getByRole('dialog', { name: 'The new key' });
  const secret = await shown.locator('code').textContent();
  expect(secret).toMatch(/^sk_|^ai_|^[a-z]+_/);
  await shown.getByRole('button', { name: 'Copy' }).click();
  await expect(shown.getByRole('status')).toHaveText('Copied.');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await shown.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('body')).not.toContainText(secret);
  await page.getByRole('searchbox', { name: 'Name or label' }).fill('shop');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/search=shop/);
  await page.getByRole('row', { name: /The shop/ }).getByRole('link').click();
  const fact = factOf(page);
  await expect(fact('Available tokens')).toHaveText('100');

  await page.getByRole('button', { name: 'Grant tokens' }).click();
  dialog = page.getByRole('dialog', { name: 'Grant tokens' });
  await dialog.getByLabel('Tokens').fill('23');
  await dialog.getByRole('button', { name: 'Grant tokens' }).click();
  await expect(fact('Available tokens')).toHaveText('123');
  await expect(page.getByRole('table', { name: 'Ledger' }).getByRole('row')).toHaveCount(3);
  await expect(page.getByRole('img', { name: /^Available tokens over time/ })).toBeVisible();

  await page.getByRole('button', { name: 'Label and limits' }).click();
  dialog = page.getByRole('dialog', { name: 'Label and limits' });
  await dialog.getByLabel('Label').fill('The new shop');
  await dialog.getByLabel('Tokens in a day (UTC) at most').fill('40');
  await dialog.getByLabel('Last day (UTC)').fill('2099-12-31');
  await dialog.getByLabel('All models').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Choose at least one model, or all of them.');
  await dialog.getByLabel('suno').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(fact('Label')).toHaveText('The new shop');
  await expect(fact('Models')).toHaveText('suno');
  await expect(fact('Used today (UTC)')).toHaveText('0 of 40');
  const refused = await fetch(`${gateway.url}/api/generations`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'one' },
    body: JSON.stringify({ model: 'pika', prompt: 'A lake' }),
  });
  expect((await refused.json()).code).toBe('model_not_allowed');

  await page.getByRole('button', { name: 'Revoke' }).click();
  dialog = page.getByRole('dialog', { name: 'Revoke' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(fact('Status')).toHaveText('Active');
  await expect(page.getByRole('button', { name: 'Revoke' })).toBeFocused();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(fact('Status')).toHaveText('Revoked');
  await expect(page.getByRole('button', { name: 'Grant tokens' })).toHaveCount(0);
  const balance = await fetch(`${gateway.url}/api/balance`, { headers: { Authorization: `Bearer ${secret}` } });
  expect(balance.status).toBe(401);
});

test('a publishable key is created with origins and budgets, and invalid ones are reported', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  await gateway.keys('create', '--tokens', '10', '--label', 'owner');
  const { keys: [{ name }] } = await ask(gateway, key, 'keys?search=owner');
  await signIn(page, gateway.url, key, '#/keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create a key' });
  await dialog.getByLabel('Kind').selectOption('Publishable key');
  await dialog.getByLabel('Label').fill('Pages');
  await dialog.getByLabel('Secret key whose account is used').fill(name);
  await dialog.getByLabel('Origins').fill('https://shop.example/with/a/path');
  await dialog.getByLabel('Tokens of each visitor').fill('20');
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  await expect(dialog.getByRole('alert')).toContainText('origins');
  await dialog.getByLabel('Origins').fill('https://shop.example\nhttps://www.shop.example');
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  await expect(page.getByRole('dialog', { name: 'The new key' }).locator('code')).toHaveText(/^pk_/);
  await page.getByRole('button', { name: 'Close' }).click();
  const { keys: [made] } = await ask(gateway, key, 'keys?search=Pages');
  expect(made.publishable).toEqual({
    origins: ['https://shop.example', 'https://www.shop.example'], visitor_budget: 20, visitors_per_address: 4, tokens_per_day: 2000,
  });

  // They can be changed; the fields start with the current values.
  await page.getByRole('link', { name: made.name }).click();
  await page.getByRole('button', { name: 'Label and limits' }).click();
  const change = page.getByRole('dialog', { name: 'Label and limits' });
  // What was not saved is not there the next time.
  await change.getByLabel('Origins').fill('https://never.example');
  await change.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Label and limits' }).click();
  await expect(change.getByLabel('Origins')).toHaveValue('https://shop.example\nhttps://www.shop.example');
  await expect(change.getByLabel('Tokens of each visitor')).toHaveValue('20');
  await change.getByLabel('Origins').fill('not an origin');
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(change.getByRole('alert')).toContainText('origins');
  await change.getByLabel('Origins').fill('https://new.example');
  await change.getByLabel('Tokens of all visitors in 24 hours').fill('900');
  await expectAccessible(page, 'changing a publishable key');
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(factOf(page)('Origins')).toHaveText('https://new.example');
  await expect(factOf(page)('Tokens of all visitors in 24 hours')).toHaveText('900');
  const { keys: [changed] } = await ask(gateway, key, 'keys?search=Pages');
  expect(changed.publishable).toEqual({ origins: ['https://new.example'], visitor_budget: 20, visitors_per_address: 4, tokens_per_day: 900 });
});

test('generations are found, looked at, listened to and cancelled', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
  const tune = await generate(gateway, secret, { model: 'suno', prompt: 'A tune of the sea, 3 seconds' });
  await ended(gateway, secret, tune);
  await signIn(page, gateway.url, key, '#/generations');
  await page.getByRole('searchbox', { name: 'Text in the prompt' }).fill('of the sea');
  await page.getByRole('combobox', { name: 'State' }).selectOption('Completed');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('suno');
  await page.getByRole('button', { name: 'Search' }).click();
  const table = page.getByRole('table', { name: 'Generations' });
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Text in the prompt' }).fill('of the desert');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('Nothing fits.')).toBeVisible();
  await page.goBack();
  await table.getByRole('link', { name: /A tune of the sea/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Generation' })).toBeVisible();
  const player = page.locator('audio');
  await player.evaluate((audio) => { audio.muted = true; return audio.play(); });
  await expect.poll(() => player.evaluate((audio) => audio.currentTime)).toBeGreaterThan(0.1);
  await expect(page.locator('.events li')).toContainText(['Accepted', /^Completed/]);
  await expect(page.getByRole('button', { name: 'Cancel it' })).toHaveCount(0);

  const film = await generate(gateway, secret, { model: 'luma', prompt: 'A long film of a city', options: { seconds: 10 } });
  await page.goto(`${gateway.url}/admin/#/generations/${film}`);
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByRole('dialog', { name: 'Cancel it' }).getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.locator('.facts .mark')).toHaveText('Cancelled');
  await expect(page.locator('.events li').last()).toContainText('Cancelled');
});

test('a cancellation that the events tell of before its answer comes is reported as done', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
  const film = await generate(gateway, secret, { model: 'luma', prompt: 'A long film of a city', options: { seconds: 10 } });
  await signIn(page, gateway.url, key, `#/generations/${film}`);
  const buttons = page.getByRole('button', { name: 'Cancel it', includeHidden: true });
  await page.route(`**/api/admin/generations/${film}`, async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue();
    const response = await route.fetch();
    await expect(buttons).toHaveCount(0);
    return route.fulfill({ response });
  });
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByRole('dialog', { name: 'Cancel it' }).getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.locator('.status')).toHaveText('Done.');
  await expect(page.locator('.facts .mark')).toHaveText('Cancelled');
});

test('tokens are taken back, a generation is run again and refunded, a key is changed for another', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
  const id = await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' });
  await ended(gateway, secret, id);
  const { keys: [{ name, balance: { available } }] } = await ask(gateway, key, 'keys?search=shop');
  const balance = async (secret) => {
    const response = await fetch(`${gateway.url}/api/balance`, { headers: { Authorization: `Bearer ${secret}` } });
    return response.ok ? (await response.json()).available : response.status;
  };
  await signIn(page, gateway.url, key, `#/generations/${id}`);
  await page.getByRole('button', { name: 'Refund' }).click();
  const refund = page.getByRole('dialog', { name: 'Refund' });
  await refund.getByLabel('Tokens').fill('100000');
  await refund.getByLabel('Reason').fill('The tune was silent');
  await refund.getByRole('button', { name: 'Refund' }).click();
  await expect(refund.getByRole('alert')).toContainText('tokens');
  await refund.getByLabel('Tokens').fill('1');
  await refund.getByRole('button', { name: 'Refund' }).click();
  await expect(page.getByRole('button', { name: 'Refund' })).toHaveCount(0);
  await expect.poll(() => balance(secret)).toBe(available + 1);

  await page.getByRole('button', { name: 'Run again' }).click();
  await page.getByRole('dialog', { name: 'Run again' }).getByRole('button', { name: 'Run again' }).click();
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(page.locator('.facts .mark')).toHaveText('Completed', { timeout: 60_000 });

  await page.evaluate((name) => { location.hash = `#/keys/${name}`; }, name);
  await page.getByRole('button', { name: 'Take tokens back' }).click();
  const adjust = page.getByRole('dialog', { name: 'Take tokens back' });
  await adjust.getByLabel('Tokens').fill('7');
  await adjust.getByLabel('Reason').fill('Granted twice');
  const before = await balance(secret);
  await adjust.getByRole('button', { name: 'Take tokens back' }).click();
  await expect(page.getByRole('table', { name: 'Ledger' }).getByRole('row', { name: /Granted twice/ })).toContainText('Taken back');
  await expect(page.getByRole('table', { name: 'Ledger' }).getByRole('row', { name: /The tune was silent/ })).toContainText('Refunded');
  expect(await balance(secret)).toBe(before - 7);

  await page.getByRole('button', { name: 'Change for a new key' }).click();
  const rotate = page.getByRole('dialog', { name: 'Change for a new key' });
  await rotate.getByLabel('Hours').selectOption('0');
  await rotate.getByRole('button', { name: 'Change for a new key' }).click();
  const renewed = await page.getByRole('dialog', { name: 'The new key' }).locator('code').textContent();
  expect(await balance(renewed)).toBe(before - 7);
  expect(await balance(secret)).toBe(401);
});

test('the overview follows what happens, the settings are shown without what is secret', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
  await signIn(page, gateway.url, key);
  await expect(page.getByText('Nothing was generated yet.')).toBeVisible();
  const id = await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' });
  const row = page.getByRole('table', { name: 'Latest generations' }).getByRole('row', { name: new RegExp(id) });
  await expect(row).toContainText('Completed', { timeout: 60_000 });
  await expect(page.getByRole('table', { name: 'By model and provider' }).getByRole('row', { name: /^suno/ })).toContainText('100%');
  await goTo(page, 'Settings');
  await page.getByRole('searchbox', { name: 'Name of the setting' }).fill('listen');
  await expect(page.getByRole('row', { name: /^listen/ })).toContainText('127.0.0.1:0');
  await expect(page.locator('main')).not.toContainText(secret);
});

test('tries that failed, what they cost, and what is left of a price are shown; a circuit breaker is closed', async ({ page }) => {
  const dir = await mkdtemp(path.join(tmpdir(), 'ai-now-admin-'));
  const config = path.join(dir, 'ai-now.toml');
  await writeFile(config, `
token_price = "0.01"
currency = "EUR"
[[models]]
id = "suno"
routes = ["own", "sketch"]
[providers.own]
kind = "command"
program = "/bin/false"
failure_threshold = 1
cooldown_secs = 3000
cost = { currency = "EUR", per_job_micros = 50000 }
`);
  const gateway = await Gateway.start({ args: ['--config', config] });
  try {
    const key = await gateway.admins('create', '--name', 'ada');
    const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
    const id = await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' });
    await ended(gateway, secret, id);
    await signIn(page, gateway.url, key, `#/generations/${id}`);
    const fact = factOf(page);
    await expect(page.getByRole('table', { name: 'Tries that failed' }).getByRole('row', { name: /^own/ })).toContainText('Temporary error');
    await expect(page.getByRole('table', { name: 'Cost at providers' }).getByRole('row', { name: /^own/ })).toContainText('€0.05Estimated');
    await expect(fact('Provider')).toHaveText('sketch');
    await expect(fact('Cost at providers')).toHaveText('€0.05');

    await goTo(page, 'Overview');
    await expect(fact('Open circuit breakers')).toHaveText('1');
    await expect(fact('Cost at providers')).toHaveText('€0.05');
    await expect(fact('Worth')).toHaveText('€0.10');
    await expect(page.getByRole('img', { name: /^Money by day: .* together €0\.10/ })).toBeVisible();

    await goTo(page, 'Providers and models');
    const models = page.getByRole('table', { name: 'Models' });
    await expect(models.getByRole('row', { name: /^Suno \(suno\) own/ }).getByRole('cell')).toHaveText(['own', '10', '€0.10', '€0.05', '€0.05']);
    const own = page.getByRole('table', { name: 'Providers', exact: true }).getByRole('row', { name: /^own/ });
    await expect(own).toContainText('Circuit breaker open for 50 min');
    await page.getByRole('button', { name: 'Close the circuit breaker' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close the circuit breaker' }).click();
    await expect(own).toContainText('Fine');
    await expect(page.getByRole('button', { name: 'Close the circuit breaker' })).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  } finally {
    await gateway.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

test('a webhook is added, gets an event, gets it again, is disabled, enabled and removed', async ({ page }) => {
  const hook = await receiver();
  const gateway = await Gateway.start({ env: { AI_NOW_WEBHOOK_PRIVATE_HOSTS: '["127.0.0.1"]' } });
  try {
    const key = await gateway.admins('create', '--name', 'ada');
    const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
    await signIn(page, gateway.url, key, '#/webhooks');
    await expect(page.getByText('There is no webhook yet.')).toBeVisible();
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a webhook' });
    await dialog.getByLabel('Address').fill('http://10.0.0.1/hook');
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    await expect(dialog.getByRole('alert')).toContainText('url');
    await dialog.getByLabel('Address').fill(hook.url);
    await dialog.getByLabel('All events').uncheck();
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    await expect(dialog.getByRole('alert')).toHaveText('Choose at least one event, or all of them.');
    await dialog.getByLabel('generation.completed').check();
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    const shown = page.getByRole('dialog', { name: 'The webhook’s secret' });
    const signing = await shown.locator('code').textContent();
    expect(signing).toMatch(/^whsec_/);
    await shown.getByRole('button', { name: 'Close' }).click();
    await expect(page.locator('body')).not.toContainText(signing);
    const row = page.getByRole('table', { name: 'Webhooks' }).getByRole('row', { name: new RegExp(hook.url) });
    await expect(row).toContainText('generation.completed');
    await expect(row).toContainText('Enabled');

    // A failed message is retried later; sending it again by hand retries at once.
    hook.status = 500;
    await ended(gateway, secret, await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' }));
    await row.getByRole('link').click();
    const messages = page.getByRole('table', { name: 'Messages' });
    const message = messages.getByRole('row', { name: /^generation\.completed/ });
    await expect(message).toContainText('HTTP 500');
    await expect(message).toContainText('Next try');
    hook.status = 204;
    await message.getByRole('button', { name: /^Send again: / }).click();
    await expect(message).toContainText('Delivered');
    await expect(message).toContainText('HTTP 204');
    const { id, body } = hook.messages.at(-1);
    expect(body.type).toBe('generation.completed');
    expect(new Set(hook.messages.map(({ id }) => id))).toEqual(new Set([id]));
    await expect(message).toContainText(id);

    const fact = factOf(page);
    for (const [action, standing] of [['Disable', 'Disabled'], ['Enable', 'Enabled']]) {
      await page.getByRole('button', { name: action, exact: true }).click();
      await page.getByRole('dialog', { name: action }).getByRole('button', { name: action }).click();
      await expect(fact('Status')).toHaveText(standing);
    }
    await expectAccessible(page, 'a webhook');
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog', { name: 'Remove' }).getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('There is no webhook yet.')).toBeVisible();
    await goTo(page, 'Activity log');
    await expect(page.locator('main')).not.toContainText(signing);
  } finally {
    await gateway.stop();
    await hook.stop();
  }
});

test('usage and the activity log are shown and saved', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
  await ended(gateway, secret, await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' }));
  await signIn(page, gateway.url, key, '#/usage?by=model');
  const table = page.getByRole('table', { name: 'Usage' });
  await expect(table.getByRole('row', { name: /^suno/ })).toContainText('100%');
  await page.getByRole('combobox', { name: 'By' }).selectOption('Key');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(table.getByRole('row', { name: /^key-/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Tokens by day: from/ })).toBeVisible();
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as CSV' }).click()]);
  expect(csv.suggestedFilename()).toBe('usage.csv');
  expect(await readFile(await csv.path(), 'utf8')).toMatch(/^day,key,model,provider,outcome,generations,tokens.*\r?\n.*,suno,sketch,completed,1,/);

  await goTo(page, 'Activity log');
  await expect(page.getByRole('row', { name: /key\.create/ }).first()).toContainText('command line');
  const [jsonl] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as JSON lines' }).click()]);
  const linesOf = async (file) => (await readFile(await file.path(), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  expect((await linesOf(jsonl)).map(({ action }) => action)).toContain('key.create');
  // Filter by actor, action and day; the export contains exactly the filtered entries.
  await page.getByRole('searchbox', { name: 'What', exact: true }).fill('admin.');
  await page.getByLabel('From day (UTC)').fill('2026-01-01');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/action=admin\.&from=2026-01-01/);
  await expect(page.getByRole('row', { name: /admin\.create/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /key\.create/ })).toHaveCount(0);
  const [some] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as JSON lines' }).click()]);
  expect((await linesOf(some)).map(({ action }) => action)).toEqual(['admin.create', 'admin.sign_in']);
  await page.getByRole('searchbox', { name: 'Who', exact: true }).fill('nobody');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('Nothing fits.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(page.getByRole('row', { name: /key\.create/ }).first()).toBeVisible();

  await goTo(page, 'Providers and models');
  await expect(page.getByRole('row', { name: /^sketch/ })).toContainText('Fine');
  await page.getByRole('button', { name: 'Check now: sketch' }).click();
  await expect(page.getByText('the gateway’s own engine').or(page.getByText('the gateway\'s own engine'))).toBeVisible();
  await expect(page.getByRole('table', { name: 'Models' }).getByRole('row', { name: /^Suno \(suno\)/ })).toContainText('sketch');
});

test('a viewer sees every page, and nothing that changes anything', async ({ page, gateway }) => {
  const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
  const id = await generate(gateway, secret, { model: 'luma', prompt: 'A long film of a city', options: { seconds: 10 } });
  const webhook = await addWebhook(gateway, await gateway.admins('create', '--name', 'ada'));
  const key = await gateway.admins('create', '--name', 'vera', '--role', 'viewer');
  const { keys: [{ name }] } = await ask(gateway, key, 'keys?search=shop');
  const asked = [];
  page.on('request', (request) => { if (request.method() !== 'GET') asked.push(`${request.method()} ${request.url()}`); });
  await signIn(page, gateway.url, key, `#/generations/${id}`);
  await expect(page.getByText('Viewer: changes nothing')).toBeVisible();
  await settled(page);
  const buttons = [];
  const look = async () => { await settled(page); buttons.push(...await page.locator('main button').allTextContents()); };
  await look();
  for (const name of PAGES) {
    await goTo(page, name);
    await look();
  }
  await fetch(`${gateway.url}/api/generations/${id}`, { method: 'DELETE', headers: { Authorization: `Bearer ${secret}` } });
  for (const [hash, heading] of [[`#/keys/${name}`, name], [`#/webhooks/${webhook}`, webhook]]) {
    await page.evaluate((hash) => { location.hash = hash; }, hash);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await look();
  }
  await expect(page.getByRole('row', { name: /^generation\./ })).toBeVisible();
  await look();
  const harmless = ['Search', 'Show', 'Download as CSV', 'Download as JSON lines'];
  expect(buttons.map((text) => text.trim()).filter((text) => !harmless.includes(text))).toEqual([]);
  expect(asked.filter((line) => !line.endsWith('/api/admin/session'))).toEqual([]);
});

test('by keyboard alone: signed in, past the navigation, through a dialog and back', async ({ page, gateway }) => {
  const key = await gateway.admins('create', '--name', 'ada');
  await page.goto(`${gateway.url}/admin/#/keys`);
  await expect(page.getByLabel('Administrator’s key')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Administrator’s key')).toBeFocused();
  await page.keyboard.type(key);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('searchbox')).toBeFocused();
  for (const name of ['Search', 'Create a key']) {
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name, exact: true })).toBeFocused();
    const { outlineStyle, outlineWidth } = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { outlineStyle, outlineWidth };
    });
    expect(outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, name).toBe(true);
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Create a key' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Create a key' })).toBeFocused();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 1280]) {
    test(`every page is accessible and fits: ${colorScheme}, ${width} pixels`, async ({ page, gateway, picture }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const key = await gateway.admins('create', '--name', 'ada');
      const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
      const webhook = await addWebhook(gateway, key);
      const id = await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' });
      await ended(gateway, secret, id);
      const { keys: [{ name }] } = await ask(gateway, key, 'keys?search=shop');
      await page.goto(`${gateway.url}/admin/`);
      await expect(page.getByLabel('Administrator’s key')).toBeVisible();
      await expectAccessible(page, 'signing in');
      await signIn(page, gateway.url, key);
      for (const name of PAGES) {
        await goTo(page, name);
        await expectAccessible(page, name);
        await picture(`admin-${name.split(' ')[0].toLowerCase()}-${colorScheme}-${width}`);
      }
      for (const [hash, what] of [[`#/keys/${name}`, 'key'], [`#/generations/${id}`, 'generation'], [`#/webhooks/${webhook}`, 'webhook']]) {
        await page.evaluate((hash) => { location.hash = hash; }, hash);
        await expect(page.locator('.facts')).toBeVisible();
        await settled(page);
        await expectAccessible(page, what);
        await picture(`admin-${what}-${colorScheme}-${width}`);
      }
      for (const [hash, button] of [['#/keys', 'Create a key'], ['#/webhooks', 'Add a webhook']]) {
        await page.evaluate((hash) => { location.hash = hash; }, hash);
        await page.getByRole('button', { name: button }).click();
        await expect(page.getByRole('dialog', { name: button })).toBeVisible();
        await expectAccessible(page, button);
        await page.keyboard.press('Escape');
      }
    });
  }
}

test.describe('from right to left', () => {
  test.use({ locale: 'ar' });

  test('in Arabic, with twice the text size', async ({ page, gateway, picture }) => {
    await page.setViewportSize({ width: 640, height: 800 });
    const key = await gateway.admins('create', '--name', 'ada');
    await page.goto(`${gateway.url}/admin/`);
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await page.getByLabel('مفتاح المسؤول').fill('nonsense');
    await page.getByRole('button', { name: 'تسجيل الدخول' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await page.getByLabel('مفتاح المسؤول').fill(key);
    await page.getByRole('button', { name: 'تسجيل الدخول' }).click();
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    for (const hash of ['overview', 'keys', 'generations', 'providers', 'usage', 'activity', 'webhooks', 'settings']) {
      await page.evaluate((hash) => { location.hash = `#/${hash}`; }, hash);
      await expect(page.locator('[aria-current="page"]')).toHaveAttribute('href', `#/${hash}`);
      await settled(page);
      await expectAccessible(page, hash);
    }
    // The gateway's refusals are shown in the reader's language too.
    await page.evaluate(() => { location.hash = '#/keys/key-aaaaaaaa'; });
    await expect(page.getByRole('alert').first()).toHaveText(/[\u0600-\u06ff]/);
    await picture('admin-arabic');
  });
});

test.describe('in a language of long words', () => {
  test.use({ locale: 'de' });

  test('no page is wider than the window, between phones and desks', async ({ page, gateway }) => {
    const key = await gateway.admins('create', '--name', 'ada');
    const webhook = await addWebhook(gateway, key);
    const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
    await ended(gateway, secret, await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' }));
    await page.goto(`${gateway.url}/admin/`);
    await page.getByLabel('Schlüssel der Verwaltung').fill(key);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await expect(page.locator('nav.pages')).toBeVisible();
    const wide = [];
    for (const hash of ['overview', 'keys', 'providers', 'usage', 'webhooks', `webhooks/${webhook}`]) {
      await page.evaluate((hash) => { location.hash = `#/${hash}`; }, hash);
      await expect(page.locator('main table:visible, main .empty:visible').first()).toBeVisible();
      await settled(page);
      for (const width of [704, 801, 960, 961, 1100, 1153]) {
        await page.setViewportSize({ width, height: 800 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) wide.push(`${hash} at ${width}: ${over}`);
      }
    }
    expect(wide).toEqual([]);
  });

  test('with twice the text size on a phone, no page and no dialog is wider than the window', async ({ page, gateway }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    const key = await gateway.admins('create', '--name', 'ada');
    const secret = await gateway.keys('create', '--tokens', '500', '--label', 'shop');
    await ended(gateway, secret, await generate(gateway, secret, { model: 'suno', prompt: 'A tune, 3 seconds' }));
    const { keys } = await ask(gateway, key, 'keys?search=shop');
    await page.goto(`${gateway.url}/admin/`);
    await page.getByLabel('Schlüssel der Verwaltung').fill(key);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await expect(page.locator('nav.pages')).toBeVisible();
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    const over = () => page.evaluate(() => [document.documentElement, ...document.querySelectorAll('dialog[open], td:has(.mark)')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => `${box.localName}: ${box.scrollWidth} in ${box.clientWidth}`));
    for (const hash of ['overview', 'keys', 'generations', 'providers', 'usage', 'activity', 'webhooks', 'settings', `keys/${keys[0].name}`]) {
      await page.evaluate((hash) => { location.hash = `#/${hash}`; }, hash);
      await expect(page.locator('main table:visible, main .empty:visible').first()).toBeVisible();
      await settled(page);
      expect(await over(), hash).toEqual([]);
    }
    await page.getByRole('button', { name: 'Bezeichnung und Grenzen' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await over(), 'the dialog').toEqual([]);
  });
});

test('below a path, behind a proxy that sends no headers about it', async ({ page, gateway }) => {
  const proxy = await prefix(gateway.url, '/tools/ai');
  try {
    const key = await gateway.admins('create', '--name', 'ada');
    await page.goto(`${proxy.origin}/tools/ai/admin`);
    await expect(page).toHaveURL(`${proxy.origin}/tools/ai/admin/`);
    await signIn(page, `${proxy.origin}/tools/ai`, key, '#/overview');
    for (const name of PAGES) await goTo(page, name);
    expect(proxy.strayed).toEqual([]);
  } finally {
    await proxy.stop();
  }
});
