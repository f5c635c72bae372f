// A real gateway for each test (or for a whole file that only reads), on a free port, with its own data folder that
// is removed when the test ends.
import { spawn, execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test as base, expect } from '@playwright/test';

const here = path.dirname(fileURLToPath(import.meta.url));
const top = path.resolve(here, '../..');
const binary = process.env.E2E_GATEWAY ?? path.join(top, 'target/debug/ai-now-gateway');
/** The built widget: `dist/`. */
export const web = process.env.E2E_WEB ?? path.join(top, 'dist');

/** The built file with this name, with the hash that a distribution build adds to it. */
export function built(name) {
  const [, stem, type] = /^(.*)(\.\w+)$/.exec(name);
  const found = readdirSync(web).find((file) => file === name || new RegExp(`^${stem}\\.[\\w-]{16}${type}$`).test(file));
  if (!found) throw new Error(`no ${name} in ${web}`);
  return found;
}

/** The folder of each state's screenshots: outside git, kept after the run. */
const artifacts = path.join(here, 'artifacts');

export class Gateway {
  /** Starts `ai-now-gateway serve` and waits for its first line of output. */
  static async start({ data, port = 0, demo = true, args = [], env = {} } = {}) {
    const gateway = new Gateway();
    gateway.data = data ?? await mkdtemp(path.join(tmpdir(), 'ai-now-e2e-'));
    gateway.args = [...(demo ? ['--demo'] : []), ...args];
    // Settings, as `AI_NOW_…` variables.
    gateway.env = env;
    await gateway.run(port);
    return gateway;
  }

  async run(port) {
    const args = ['serve', '--listen', `127.0.0.1:${port}`, '--data', this.data, '--web', web];
    this.process = spawn(binary, [...args, ...this.args], {
      stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.env },
    });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.log = '';
    this.process.stderr.on('data', (text) => { this.log += text; });
    const first = await new Promise((resolve, reject) => {
      let said = '';
      this.process.stdout.on('data', (text) => {
        said += text;
        if (said.includes('\n')) resolve(said.split('\n')[0]);
      });
      this.ended.then((code) => reject(new Error(`the gateway ended with ${code}: ${this.log}`)));
    });
    const [, url] = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(first) ?? [];
    if (!url) throw new Error(`the gateway's first line is ${JSON.stringify(first)}`);
    this.url = url;
  }

  /** Kills it, like a crash. */
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Starts it again on the same address and data. */
  async restart() {
    await this.run(Number(new URL(this.url).port));
  }

  /** Runs `ai-now-gateway keys …` and returns its output, trimmed. */
  async keys(...args) {
    const { stdout } = await promisify(execFile)(binary, ['keys', ...args, '--data', this.data]);
    return stdout.trim();
  }

  /** Runs `ai-now-gateway admins …` and returns its output, trimmed. */
  async admins(...args) {
    const { stdout } = await promisify(execFile)(binary, ['admins', ...args, '--data', this.data]);
    return stdout.trim();
  }

  async stop() {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}

export const test = base.extend({
  /** A gateway for this test, started like that of `cargo demo`. */
  gateway: async ({}, use) => {
    const gateway = await Gateway.start();
    await use(gateway);
    await gateway.stop();
  },
  /** Saves a screenshot of the page. */
  picture: async ({ page }, use) => {
    await mkdir(artifacts, { recursive: true });
    await use((name) => page.screenshot({
      path: path.join(artifacts, `${name}.png`), fullPage: true, animations: 'disabled',
    }));
  },
  /** Browser errors that a test expects, as a pattern. */
  allowed: [null, { option: true }],
  /** The browser's errors: exceptions, and violations of the page's policy. */
  complaints: [async ({ page, allowed }, use) => {
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content.Security.Policy|panicked/i.test(message.text())) complaints.push(message.text());
    });
    await use(complaints);
    expect(complaints.filter((text) => !allowed?.test(text))).toEqual([]);
  }, { auto: true }],
});

export { expect };
