// The documents compared with the program: their settings, routes and codes exist, and the commands that they show
// work.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { ask, binary, eventually, freePort, gateway, place, read, run, start, top } from './support.mjs';

const documents = ['README.md', ...readdirSync(path.join(top, 'docs'), { recursive: true })
  .filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

/** The blocks of code of one language in a document. */
const blocks = (document, language) =>
  [...read(document).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text);

/** The part of a document below a heading. */
function section(document, heading) {
  const text = read(document);
  const at = text.indexOf(`\n## ${heading}\n`);
  assert.ok(at >= 0, `${document} has no section ${heading}`);
  const end = text.indexOf('\n## ', at + 1);
  return text.slice(at, end < 0 ? undefined : end);
}

/** Runs `config check` on these settings, without those of the environment. */
function check(dir, toml) {
  const file = path.join(dir, 'gateway.toml');
  writeFileSync(file, toml);
  const options = { encoding: 'utf8', env: { PATH: process.env.PATH } };
  return spawnSync(binary, ['config', 'check', '--config', file], options);
}

/** The known settings that the gateway lists for an unknown one. */
function fields(dir, toml) {
  const said = check(dir, toml).stderr;
  const list = /expected one of (.*)/.exec(said);
  assert.ok(list, said);
  return [...list[1].matchAll(/`(\w+)`/g)].map(([, name]) => name);
}

/** The rows of the tables of settings: a setting's name, its default as it is written, and whether it is a limit. */
function settings() {
  const text = section('docs/operating.md', 'Settings');
  const inLimits = text.indexOf('Under `[limits]`');
  assert.ok(inLimits > 0);
  return [...text.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)]
    .map(({ index, 1: name, 2: value }) => ({ name, value, limit: index > inLimits }));
}

test('every setting is documented, with a valid default, and no other', (t) => {
  const dir = place(t);
  const rows = settings();
  const told = new Set(rows.map(({ name }) => name));
  const sections = new Set([...read('docs/operating.md').matchAll(/\[(\w+)[\].]/g)].map(([, name]) => name));
  const atTop = fields(dir, 'no_such_setting = 1');
  const limits = fields(dir, '[limits]\nno_such_setting = 1');
  for (const name of [...atTop, ...limits]) {
    assert.ok(told.has(name) || sections.has(name), `docs/operating.md does not document ${name}`);
  }
  for (const { name, value, limit } of rows) {
    const list = limit ? limits : atTop;
    // Settings in sections are in separate tables.
    if (![...atTop, ...limits].includes(name)) assert.fail(`docs/operating.md documents ${name}, which is no setting`);
    const plain = /^(\d+|`([^`]*)`)/.exec(value);
    if (!plain) continue;
    const given = plain[2] ?? plain[1];
    const literal = /^(\d+|true|false)$/.test(given) ? given : JSON.stringify(given);
    const toml = `${list === limits ? '[limits]\n' : ''}${name} = ${literal}\n`;
    assert.equal(check(dir, toml).status, 0, `${toml}${check(dir, toml).stderr}`);
  }
});

test('the defaults that are documented are those that hold', async (t) => {
  const data = path.join(place(t), 'data');
  const { url } = await gateway(t, data);
  const key = run(binary, ['admins', 'create', '--data', data, '--name', 'ops']).trim();
  const { settings: hold } = await ask(`${url}/api/admin/settings`, key);
  let compared = 0;
  for (const { name, value, limit } of settings()) {
    // The test itself says where it listens, and on what.
    if (name === 'listen' || name === 'data') continue;
    const holds = (limit ? hold.limits : hold)[name];
    const plain = /^(?:(\d+)|`([^`]*)`|none)$/.exec(value);
    assert.ok(plain, `${name}: ${value}`);
    const told = plain[1] ?? plain[2];
    if (told === undefined) assert.ok(holds === null || holds === undefined || holds.length === 0, `${name}: ${holds}`);
    else assert.equal(String(holds), told, name);
    compared += 1;
  }
  assert.ok(compared > 40, `${compared}`);
});

test('every setting of a bucket is documented, and no other', (t) => {
  const rows = section('docs/operating.md', 'Media in a bucket').matchAll(/^\| `(\w+)` \|/gm);
  const told = [...rows].map(([, name]) => name);
  assert.deepEqual(told.toSorted(), fields(place(t), '[object_store]\nno_such_setting = 1').toSorted());
});

test('the settings that documents show are valid', (t) => {
  const dir = place(t);
  let seen = 0;
  for (const document of documents) {
    for (const toml of blocks(document, 'toml')) {
      const { status, stderr } = check(dir, toml);
      assert.equal(status, 0, `${document}:\n${toml}\n${stderr}`);
      seen += 1;
    }
  }
  assert.ok(seen > 0);
});

test('every route is documented, and no other', async (t) => {
  const { url } = await gateway(t, path.join(place(t), 'data'));
  const { paths } = await (await fetch(`${url}/api/openapi.json`)).json();
  const there = Object.entries(paths)
    .flatMap(([route, ways]) => Object.keys(ways).map((way) => `${way.toUpperCase()} ${route}`));
  const routes = section('docs/api.md', 'Routes') + section('docs/admin.md', 'Routes');
  const told = [...routes.matchAll(/`((?:GET|POST|PUT|DELETE|PATCH) [^`]+)`/g)].map(([, route]) => route);
  assert.deepEqual(told.toSorted(), there.toSorted());
});

test('the pages that documents show use what the element has', () => {
  const attributes = new Set(['class', 'id']);
  const table = section('docs/element.md', 'Attributes');
  for (const [, cell] of table.matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \|/gm)) {
    for (const [, name] of cell.matchAll(/`([\w-]+)`/g)) attributes.add(name);
  }
  assert.ok(attributes.size > 8, [...attributes].join());
  const styles = ['www/widget.css', 'www/ai-now.js', 'www/ai-now-start.js', 'www/shell/looks.js', 'www/shell/sizes.js'].map(read).join('\n');
  for (const document of documents) {
    for (const html of blocks(document, 'html')) {
      for (const [tag] of html.matchAll(/<ai-now-studio[^>]*>/g)) {
        for (const [, name] of tag.replaceAll(/"[^"]*"/g, '""').matchAll(/\s([\w-]+)(?==|>|\s)/g)) {
          assert.ok(attributes.has(name), `${document}: the element has no attribute ${name}`);
        }
      }
    }
    for (const [property] of read(document).matchAll(/--ai-now-[a-z-]*[a-z]/g)) {
      assert.ok(styles.includes(property), `${document}: there is no ${property}`);
    }
  }
});

test('the commands that documents name are those of the gateway', () => {
  const commands = (...above) => {
    const help = spawnSync(binary, [...above, '--help'], { encoding: 'utf8' }).stdout;
    const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
    return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
  };
  const there = Object.fromEntries(commands().map((name) => [name, commands(name)]));
  assert.ok(there.keys.includes('create'), JSON.stringify(there));
  let seen = 0;
  for (const document of documents) {
    const named = read(document).matchAll(/(?<=^|`|\/|\()ai-now-gateway ([a-z]+)(?: ([a-z]+))?/gm);
    for (const [said, command, below] of named) {
      assert.ok(command in there, `${document}: ${said}`);
      if (there[command].length > 0) assert.ok(there[command].includes(below), `${document}: ${said}`);
      seen += 1;
    }
  }
  assert.ok(seen > 10, `${seen}`);
});

test('what troubleshooting quotes is what is said', () => {
  const sources = ['src/i18n/words.rs', 'www/shell/words.js', 'www/shell/error-words.js', 'crates/gateway/src/cli/error.rs'].map(read).join('\n');
  const codes = new Set([...read('crates/protocol/src/code.rs').matchAll(/^ +\w+ = "(\w+)" \[/gm)].map(([, code]) => code));
  const cells = [...read('docs/troubleshooting.md').matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell);
  let [quotes, named] = [0, 0];
  for (const cell of cells) {
    for (const [, quote] of cell.matchAll(/"([^"]+)"/g)) {
      // Variable parts are omitted.
      for (const part of quote.split('…')) assert.ok(sources.includes(part), quote);
      quotes += 1;
    }
    for (const [, code] of cell.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)) {
      assert.ok(codes.has(code), code);
      named += 1;
    }
  }
  assert.ok(quotes > 8 && named > 8, `${quotes} ${named}`);
});

/**
 * Runs the `sh` blocks of a document like one user: one terminal for the server, one for the rest. `files` are created before,
 * by their paths.
 */
async function follow(t, document, files = {}) {
  const dir = place(t);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  const bin = path.join(dir, 'bin');
  mkdirSync(bin);
  symlinkSync(binary, path.join(bin, 'ai-now-gateway'));
  const [port, metrics] = [await freePort(), await freePort()];
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, RUST_LOG: 'warn', HOME: dir };
  let script = 'set -eu\n';
  let serving = null;
  for (const block of blocks(document, 'sh')) {
    const text = block
      .replaceAll('127.0.0.1:8787', `127.0.0.1:${port}`).replaceAll('127.0.0.1:9787', `127.0.0.1:${metrics}`);
    if (!text.startsWith('ai-now-gateway serve')) {
      script += text;
      continue;
    }
    // Earlier blocks create the files that it reads.
    const before = spawnSync('sh', ['-c', script], { cwd: dir, env, encoding: 'utf8' });
    assert.equal(before.status, 0, before.stderr);
    script = 'set -eu\n';
    serving = start(t, 'sh', ['-c', `exec ${text.trim()} --listen 127.0.0.1:${port}`], { cwd: dir, env });
    await eventually(() => assert.match(serving.said(), /listening on/), () => !serving.running());
  }
  assert.ok(serving, `${document} starts no gateway`);
  const done = spawnSync('sh', ['-c', script], { cwd: dir, env, encoding: 'utf8', timeout: 100_000 });
  assert.equal(done.status, 0, `${script}\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

test('a developer gets results in five minutes', { timeout: 120_000 }, async (t) => {
  const said = await follow(t, 'docs/start-developer.md');
  assert.equal(said.match(/"status":"Completed"/g).length, 2, said);
  assert.match(said, /"state":"completed"/);
  assert.match(said, /"available":70/);
});

test('an operator has a gateway in five minutes', { timeout: 120_000 }, async (t) => {
  // Other tests check the page itself; this one checks that the gateway serves it.
  const page = { 'web/index.html': '<!doctype html><title>A page</title>', 'web/ai-now.js': 'export {};' };
  const said = await follow(t, 'docs/start-operator.md', page);
  assert.match(said, /^ready$/m);
  assert.match(said, /^ak_/m);
  assert.match(said, /^pk_/m);
  assert.match(said, /all is well/);
});
