// The options of a model: a field for each kind, the resulting price, and the message for an
// invalid value.
import { test as base, expect, web } from './fixtures.js';
import { enter, world } from './states.js';

const CATALOG = {
  models: [{
    id: 'pika',
    name: 'Pika',
    kind: 'video',
    price_tokens: 10,
    prompt_max_chars: 2000,
    options: [
      {
        id: 'resolution', name: 'Resolution', default: '720p',
        kind: { choice: [{ value: '480p', name: '480p', price_percent: 50 }, { value: '720p', name: '720p' }, { value: '1080p', name: '1080p', price_percent: 200 }] },
      },
      { id: 'seconds', name: 'Length', default: 5, kind: { integer: { min: 5, max: 20, step: 5, unit: 'seconds', priced_per: 5 } } },
      { id: 'instrumental', name: 'Instrumental', default: false, kind: 'flag' },
      { id: 'lyrics', name: 'Lyrics', kind: { text: { max_chars: 40 } } },
      { id: 'image', name: 'Picture', kind: 'picture' },
      { id: 'seed', name: 'Seed', advanced: true, kind: { integer: { min: 0, max: 1000 } } },
    ],
  }],
};

const test = base.extend({
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
  studio: async ({ page, world }, use) => {
    await page.route('**/api/catalog', (route) => route.fulfill({ json: CATALOG }));
    await page.goto(world.origin);
    await page.waitForFunction(() => customElements.get('ai-now-studio'));
    const studio = await enter(page, world.origin, 'empty', { prompt: 'A calm lake' });
    await expect(studio.getByRole('radio')).toHaveCount(1);
    await use(studio);
  },
});

/** The request that is sent when the button is pressed. */
async function sent(page, studio) {
  const sending = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/generations'));
  await page.route('**/api/generations', (route) => (route.request().method() === 'POST'
    ? route.fulfill({ status: 201, json: { id: 'g', events: '/running/events', price: 10, balance: { available: 990, held: 10, spent: 0, granted: 1000 } } })
    : route.continue()));
  await studio.getByRole('button', { name: /^Generate/ }).click();
  return (await sending).postDataJSON();
}

test('options of every kind go along in one request, a picture among them', async ({ page, studio }) => {
  const uploaded = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/uploads'));
  await page.route('**/api/uploads', (route) => route.fulfill({ status: 201, json: { id: 'upload-1', size_bytes: 9, expires_in_secs: 3600 } }));
  await studio.getByLabel('Size').selectOption('1080p');
  await studio.getByLabel(/^Length/).fill('20');
  await studio.getByLabel('Instrumental').check();
  await studio.getByLabel('Lyrics').fill('La la\nla “é” 🎵');
  await studio.locator('summary', { hasText: 'More' }).click();
  await studio.getByLabel('Seed').fill('7');
  await studio.getByLabel('Seed').blur();
  await studio.locator('[data-option=image] input').setInputFiles({ name: 'lake.png', mimeType: 'image/png', buffer: Buffer.from('not looked into here') });
  const upload = await uploaded;
  expect(upload.headers()['content-type']).toBe('image/png');
  await expect(studio.getByRole('button', { name: 'Remove the picture' })).toBeVisible();
  expect(await sent(page, studio)).toEqual({
    model: 'pika',
    prompt: 'A calm lake',
    options: { resolution: '1080p', seconds: 20, instrumental: true, lyrics: 'La la\nla “é” 🎵', seed: 7, image: 'upload-1' },
  });
});

test('what is meant anyway is not sent', async ({ page, studio }) => {
  await studio.getByLabel('Size').selectOption('1080p');
  await studio.getByLabel('Size').selectOption('720p');
  await studio.getByLabel('Instrumental').check();
  await studio.getByLabel('Instrumental').uncheck();
  await studio.getByLabel('Lyrics').fill('La');
  await studio.getByLabel('Lyrics').fill('');
  expect((await sent(page, studio)).options ?? {}).toEqual({});
});

test('the price follows, before anything is asked for', async ({ studio }) => {
  const price = studio.locator('.price strong');
  await expect(price).toContainText('10 tokens');
  await studio.getByLabel('Size').selectOption('480p');
  await expect(price).toContainText('5 tokens');
  await studio.getByLabel(/^Length/).fill('20');
  await studio.getByLabel(/^Length/).blur();
  await expect(price).toContainText('20 tokens');
  await studio.getByLabel('Size').selectOption('1080p');
  await expect(price).toContainText('80 tokens');
  // Some of them don't change the price.
  await studio.getByLabel('Instrumental').check();
  await studio.getByLabel('Lyrics').fill('La la la');
  await expect(price).toContainText('80 tokens');
});

test('a value that doesn\'t fit is told with those that do, and nothing is sent', async ({ page, studio }) => {
  const asked = [];
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/api/generations')) asked.push(request.url()); });
  const length = studio.getByLabel(/^Length/);
  for (const value of ['7', '25', '-5']) {
    await length.fill(value);
    await length.blur();
    await studio.getByRole('button', { name: /^Generate/ }).click();
    const refusal = studio.locator('.refusal');
    await expect(refusal).toContainText('5');
    await expect(refusal).toContainText('20');
    await expect(length).toHaveValue(value);
  }
  await length.fill('10');
  await length.blur();
  expect(asked).toEqual([]);
  expect((await sent(page, studio)).options).toEqual({ seconds: 10 });
});

test('a gateway that refuses a value has its word, and what was composed stays', async ({ page, studio }) => {
  await studio.getByLabel('Lyrics').fill('La la la');
  await page.route('**/api/generations', (route) => route.fulfill({
    status: 400,
    json: { status: 'Error', code: 'invalid_option', message: 'lyrics: at most 4 characters.', params: { option: 'lyrics' }, details: [{ code: 'allowed_length', params: { min: 0, max: 4 }, text: 'at most 4 characters' }] },
  }));
  await studio.getByRole('button', { name: /^Generate/ }).click();
  await expect(studio.locator('.refusal')).toContainText(/4 characters/);
  await expect(studio.getByLabel('Lyrics')).toHaveValue('La la la');
  await expect(studio.getByRole('textbox', { name: 'What would you like to make?' })).toHaveValue('A calm lake');
});

test('a model that the key may not use is said, and not asked for again', async ({ page, studio }) => {
  let asked = 0;
  await page.route('**/api/generations', (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    asked += 1;
    return route.fulfill({ status: 403, json: { status: 'Error', code: 'model_not_allowed', message: 'This key is not for pika.', params: { model: 'pika' } } });
  });
  await studio.getByRole('button', { name: /^Generate/ }).click();
  await expect(studio.locator('.refusal')).toContainText('pika');
  await expect(studio.getByRole('textbox', { name: 'What would you like to make?' })).toHaveValue('A calm lake');
  expect(asked).toBe(1);
});

test('nothing is sent before its picture is there, and what did not arrive can be chosen again', async ({ page, studio }) => {
  const picture = { name: 'lake.png', mimeType: 'image/png', buffer: Buffer.from('not looked into here') };
  const input = studio.locator('[data-option=image] input');
  const button = studio.getByRole('button', { name: /^Generate/ });
  let answer;
  const answers = [{ status: 400, json: { status: 'Error', code: 'not_a_picture', message: 'No.' } }, { status: 201, json: { id: 'upload-2', size_bytes: 9, expires_in_secs: 3600 } }];
  await page.route('**/api/uploads', async (route) => {
    await new Promise((resolve) => { answer = resolve; });
    return route.fulfill(answers.shift());
  });
  await input.setInputFiles(picture);
  await expect(studio.locator('#why')).toHaveText('Uploading …');
  await expect.poll(() => answer).toBeTruthy();
  answer();
  await expect(studio.locator('[data-option=image] [role=status]')).not.toHaveText(/^(Uploading …)?$/);
  await expect(input).toHaveValue('');
  answer = undefined;
  await input.setInputFiles(picture);
  await expect.poll(() => answer).toBeTruthy();
  answer();
  await expect(studio.getByRole('button', { name: 'Remove the picture' })).toBeVisible();
  await expect(button).toBeEnabled();
  expect((await sent(page, studio)).options).toEqual({ image: 'upload-2' });
});

test('a field that is taken away while something is typed into it takes nothing with it', async ({ page, studio }) => {
  await studio.locator('summary', { hasText: 'More' }).click();
  await studio.getByLabel('Seed').pressSequentially('77');
  const other = { ...CATALOG.models[0], id: 'run', name: 'Run', options: [CATALOG.models[0].options[2]] };
  await page.route('**/api/catalog', (route) => route.fulfill({ json: { models: [CATALOG.models[0], other] } }));
  await page.locator('ai-now-studio').evaluate((element) => element.restart());
  await expect(studio.getByRole('radio')).toHaveCount(2);
  await studio.locator('summary', { hasText: 'More' }).click();
  await studio.getByLabel('Seed').pressSequentially('8');
  await page.locator('ai-now-studio').evaluate((element) => { element.model = 'run'; });
  await expect(studio.getByLabel('Seed')).toHaveCount(0);
  await expect(studio.getByLabel('Instrumental')).toBeVisible();
  await expect(studio.getByRole('textbox', { name: 'What would you like to make?' })).toHaveValue('A calm lake');
});

test('what is not known is absent in the events, as their types say', async ({ page, studio }) => {
  await page.locator('ai-now-studio').evaluate((element) => {
    window.details = [];
    for (const name of ['started', 'failed', 'progress']) element.addEventListener(`ai-now-${name}`, ({ detail }) => window.details.push({ name, detail }));
  });
  await page.route('**/api/generations', (route) => route.fulfill({ status: 400, json: { status: 'Error', code: 'invalid_option', message: 'No.', params: { option: 'lyrics' } } }));
  await studio.getByRole('button', { name: /^Generate/ }).click();
  await expect(studio.locator('.refusal')).not.toBeEmpty();
  const details = await page.evaluate(() => window.details);
  expect(details.map(({ name }) => name)).toEqual(['started', 'failed']);
  expect(JSON.stringify(details)).not.toContain('null');
  expect(details[0].detail).toMatchObject({ model: 'pika', prompt: 'A calm lake' });
  expect(details[0].detail).not.toHaveProperty('progress');
});

test('a call of the page takes what its model has of what was composed, and one that is refused changes nothing', async ({ page, studio }) => {
  const other = { ...CATALOG.models[0], id: 'run', name: 'Run', options: [CATALOG.models[0].options[3]] };
  await page.route('**/api/catalog', (route) => route.fulfill({ json: { models: [CATALOG.models[0], other] } }));
  await page.locator('ai-now-studio').evaluate((element) => element.restart());
  await expect(studio.getByRole('radio')).toHaveCount(2);
  await studio.getByLabel(/^Length/).fill('20');
  await studio.getByLabel(/^Length/).blur();
  await studio.getByLabel('Lyrics').fill('La la');
  await studio.getByLabel('Lyrics').blur();
  const call = (wish) => page.locator('ai-now-studio').evaluate((element, wish) => { element.generate(wish).catch(() => {}); }, wish);
  await call({ model: 'nope', prompt: 'A tune' });
  await expect(studio.locator('.refusal')).not.toBeEmpty();
  await expect(studio.getByRole('radio', { name: /Pika/ })).toBeChecked();
  await expect(studio.getByLabel(/^Length/)).toHaveValue('20');
  const sending = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/generations'));
  await page.route('**/api/generations', (route) => (route.request().method() === 'POST'
    ? route.fulfill({ status: 201, json: { id: 'g', events: '/running/events', price: 10, balance: { available: 990, held: 10, spent: 0, granted: 1000 } } })
    : route.continue()));
  await call({ model: 'run', prompt: 'A tune' });
  expect((await sending).postDataJSON()).toEqual({ model: 'run', prompt: 'A tune', options: { lyrics: 'La la' } });
});
