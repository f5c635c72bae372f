// The real pages in a real browser, with the real gateway. `cargo verify e2e` builds both and passes their paths;
// see fixtures.js.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  fullyParallel: true,
  // Each has a gateway, a browser and an encoder: more workers would only wait for each other.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: {
    timeout: 20_000,
    toHaveScreenshot: { pathTemplate: 'screenshots/{arg}{ext}' },
    toMatchAriaSnapshot: { pathTemplate: 'aria/{arg}{ext}' },
  },
  reporter: [['list']],
  use: {
    headless: true,
    locale: 'en-US',
    screenshot: 'only-on-failure',
    // It costs a third of the time: `E2E_TRACE=1` for a failure that can't be understood without.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
  },
  projects: [
    {
      name: 'chromium',
      testIgnore: 'firefox.spec.js',
      use: {
        launchOptions: {
          // The default of users' browsers.
          ignoreDefaultArgs: ['--disable-back-forward-cache'],
          executablePath: process.env.E2E_BROWSER ?? '/usr/bin/chromium',
          args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking',
            '--disable-component-update', '--disable-sync', '--no-first-run'],
        },
      },
    },
    {
      name: 'firefox',
      testMatch: 'firefox.spec.js',
      use: {
        browserName: 'firefox',
        // Debian's own Firefox, over WebDriver BiDi.
        channel: 'moz-firefox',
        launchOptions: { executablePath: process.env.E2E_FIREFOX ?? '/usr/bin/firefox-esr' },
      },
    },
  ],
});
