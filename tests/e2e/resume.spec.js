// After a broken connection, a reload or a crash, the same generation continues, and is charged once.
import { test, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';

test.describe.configure({ mode: 'default' });

const SLOW = { model: 'Suno', prompt: 'A long and calm piece for piano, 180 seconds' };

test('a page that is closed in the middle finds its generation again', async ({ page, context, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask(SLOW);
  await studio.generate.click();
  await expect(studio.progress).toBeVisible();
  await page.close();

  const later = new Studio(await context.newPage());
  await later.open(gateway.url);
  await expect(later.play).toBeVisible({ timeout: 60_000 });
  await expect(later.result).toContainText(SLOW.prompt);
  await expect.poll(() => later.tokens()).toBe(990);
});

test('a page that is reloaded in the middle goes on', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask(SLOW);
  await studio.generate.click();
  await expect(studio.progress).toBeVisible();
  await page.reload();
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => studio.tokens()).toBe(990);
  await picture('6-after-reload');
});

test('a gateway that crashes and comes back finishes what it had accepted', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask(SLOW);
  await studio.generate.click();
  await expect(studio.progress).toBeVisible();
  await gateway.kill();
  await expect(page.getByText(/connection was lost/)).toBeVisible();
  await picture('6-connection-lost');
  await gateway.restart();
  await expect(studio.play).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => studio.tokens()).toBe(990);
});

test('cancelling gives the tokens back and says so', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask(SLOW);
  await studio.generate.click();
  await studio.cancel.click();
  await expect(page.getByText('10 tokens were returned.')).toBeVisible();
  await picture('6-cancelled');
  await expect.poll(() => studio.tokens()).toBe(1000);
});

test('without a session the page says what its owner has to do', async ({ page, picture }) => {
  const gateway = await Gateway.start({ demo: false });
  try {
    await page.goto(gateway.url);
    await expect(page.getByText(/may not generate yet/)).toBeVisible();
    await picture('5-not-allowed');
  } finally {
    await gateway.stop();
  }
});
