// The files of a release, used like somebody who downloaded them and has no Rust: from a server on this machine,
// with the commands of the documents. `cargo xtask release` makes the files, then runs this.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { edit, eventually, place, read, run, start, top } from './support.mjs';

const release = process.env.RELEASE_FILES ?? path.join(top, 'dist-release');
const files = readdirSync(release).toSorted();
const machine = run('rustc', ['-vV'], { cwd: top }).match(/^host: (\S+)$/m)[1];
const version = /^version = "(.*)"$/m.exec(read('Cargo.toml'))[1];
const name = `ai-now-${version}-${machine}`;
/** The environment of a user who never built anything. */
const stranger = (home) => ({ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8' });

/** Unpacks an archive of the release into an empty folder. */
function unpacked(t, archive) {
  const dir = place(t);
  run('tar', ['-xzf', path.join(release, archive), '-C', dir]);
  return dir;
}

/** Serves the release; `fault` may answer instead. */
async function served(t, fault = () => false) {
  const server = createServer((request, answer) => {
    const file = path.join(release, path.basename(request.url));
    if (fault(request, answer, file)) return;
    if (!existsSync(file)) return answer.writeHead(404).end();
    answer.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** The README's one command, with `base` as the source of the files, on a free port. */
function command(base, more = '') {
  const [line] = /^curl .*install\.sh \| sh .*$/m.exec(read('README.md'));
  const address = 'https://github.com/ai-now/ai-now/releases/latest/download';
  return edit(line, [[address, base]]) + more;
}

/** Runs the command with its children until it ends or the test is over. */
function follow(t, home, base, listen = '127.0.0.1:0') {
  const child = spawn('sh', ['-c', command(base, ` --listen ${listen}`)], {
    cwd: home, env: { ...stranger(home), AI_NOW_RELEASE: base }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { said += bytes; });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  t.after(async () => {
    try {
      process.kill(-child.pid);
    } catch {
      // It has already exited.
    }
    await ended;
  });
  return { said: () => said, running: () => child.exitCode === null, ended };
}

/** Checks the page and a generation of the gateway at `url`. */
async function works(url) {
  for (const page of ['/', '/ai-now.js', '/admin/', '/builder.html', '/demo.html', '/examples/two-lines.html', '/api/openapi.json']) {
    const answer = await fetch(url + page);
    assert.equal(answer.status, 200, page);
    await answer.arrayBuffer();
  }
  const opened = await fetch(`${url}/api/sessions`, { method: 'POST', headers: { Origin: url } });
  assert.ok(opened.ok, `${opened.status} ${await opened.clone().text()}`);
  const { token } = await opened.json();
  const made = await fetch(`${url}/api/generate`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'suno', prompt: 'a tune, 2 seconds' }),
  });
  assert.match(await made.text(), /"status":"Completed"/);
}

/** The address that a started gateway prints. */
const address = (child) => eventually(() => {
  const line = /^listening on (http:\S+)/m.exec(child.said());
  assert.ok(line, child.said());
  return line[1];
}, () => !child.running());

test('SHA256SUMS lists all files, and they are what it says', () => {
  const listed = [...readFileSync(path.join(release, 'SHA256SUMS'), 'utf8').matchAll(/^[0-9a-f]{64} {2}(\S+)$/gm)].map(([, file]) => file);
  assert.deepEqual(listed.toSorted(), files.filter((file) => file !== 'SHA256SUMS'));
  run('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: release });
  const expected = [
    `${name}.tar.gz`, `ai-now-web-${version}.tar.gz`, `ai-now-studio-${version}.tgz`, 'install.sh',
    ...['protocol', 'sketch', 'client'].map((crate) => `ai-now-${crate}-${version}.crate`),
    `ai-now-gateway-${version}-${machine}.cdx.json`,
    ...['widget', 'admin', 'sketch-worker'].map((crate) => `ai-now-${crate}-${version}-wasm32-unknown-unknown.cdx.json`),
  ];
  for (const file of expected) assert.ok(files.includes(file), `${file} of ${files}`);
});

test('the archive starts by itself in an empty folder, as the document says', async (t) => {
  const dir = unpacked(t, `${name}.tar.gz`);
  assert.deepEqual(readdirSync(dir), [name]);
  const line = /^AI_NOW_WEB=\S+ \S+ serve$/m.exec(read('docs/deploying.md'));
  assert.ok(line, 'docs/deploying.md starts no archive');
  const text = line[0].replaceAll(/ai-now-[\d.]+-x86_64-unknown-linux-gnu/g, name);
  const child = start(t, 'sh', ['-c', `exec env ${text} --demo --listen 127.0.0.1:0`], { cwd: dir, env: stranger(dir) });
  await works(await address(child));
  // What the README names of the documentation lies beside it, and so does the site.
  const links = [...read('README.md').matchAll(/\]\((docs\/[^)#]+)/g)].map(([, link]) => link);
  assert.ok(links.length > 20, links.join());
  for (const link of [...links, 'docs/index.html', 'docs/llms.txt']) assert.ok(existsSync(path.join(dir, name, link)), link);
  const share = path.join(dir, name, 'share');
  const pages = readdirSync(path.join(share, 'man/man1'));
  assert.ok(pages.includes('ai-now-gateway.1') && pages.includes('ai-now-gateway-serve.1'), pages.join());
  run('bash', ['-n', path.join(share, 'bash-completion/completions/ai-now-gateway')]);
  for (const file of ['zsh/site-functions/_ai-now-gateway', 'fish/vendor_completions.d/ai-now-gateway.fish']) {
    assert.ok(readFileSync(path.join(share, file), 'utf8').includes('ai-now-gateway'), file);
  }
});

test('the page alone is all that a static host needs', (t) => {
  const dir = path.join(unpacked(t, `ai-now-web-${version}.tar.gz`), `ai-now-web-${version}`);
  for (const [file, hash] of Object.entries(JSON.parse(readFileSync(path.join(dir, 'integrity.json'), 'utf8')))) {
    const found = run('sh', ['-c', 'openssl dgst -sha256 -binary "$0" | base64', path.join(dir, file)]).trim();
    assert.equal(`sha256-${found}`, hash, file);
  }
  for (const file of ['index.html', 'demo.html', 'builder.html', 'ai-now.js']) assert.ok(existsSync(path.join(dir, file)), file);
});

test("README's one command starts a studio", { timeout: 120_000 }, async (t) => {
  const home = place(t);
  const base = await served(t);
  const url = await address(follow(t, home, base));
  await works(url);
  // The installed command works in another terminal, with the same records.
  const said = run(path.join(home, '.local/bin/ai-now-gateway'), ['--version'], { env: stranger(home) });
  assert.equal(said, `ai-now-gateway ${version}\n`);
  const data = path.join(home, '.local/share/ai-now/data');
  assert.match(run(path.join(home, '.local/bin/ai-now-gateway'), ['audit', '--data', data], { env: stranger(home) }), /all is well/);
  // If the address is in use, it says so in one line, and what to do.
  const taken = await faulty(t, () => false, place(t), url.replace('http://', ''));
  assert.equal(taken.code, 1, taken.said);
  assert.match(taken.said, /in use/);
});

/** Runs the command with a faulty server. Returns its exit status, its output, and the files it left. */
async function faulty(t, fault, home = place(t), listen = '127.0.0.1:0') {
  const child = follow(t, home, await served(t, fault), listen);
  const code = await child.ended;
  const local = path.join(home, '.local');
  const left = existsSync(local) ? readdirSync(local, { recursive: true }).filter((file) => /gateway|install\./.test(file)) : [];
  return { code, said: child.said(), left };
}

test('what was changed on its way is not installed', async (t) => {
  const { code, said, left } = await faulty(t, (request, answer, file) => {
    if (!file.endsWith('.tar.gz')) return false;
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    answer.end(bytes);
    return true;
  });
  assert.deepEqual([code, left], [1, []], said);
  assert.match(said, /is not what SHA256SUMS says; nothing was installed/);
});

test('what broke off is not installed, and the next try goes well', { timeout: 120_000 }, async (t) => {
  const home = place(t);
  const half = (request, answer, file) => {
    if (!file.endsWith('.tar.gz')) return false;
    const bytes = readFileSync(file);
    answer.writeHead(200, { 'Content-Length': bytes.length });
    answer.write(bytes.subarray(0, bytes.length >> 1), () => answer.destroy());
    return true;
  };
  const { code, said, left } = await faulty(t, half, home);
  assert.deepEqual([code, left], [1, []], said);
  assert.match(said, /can't be fetched/);
  await address(follow(t, home, await served(t)));
});

/** Patterns of paths on the machine that made the release. */
const places = [top, process.env.CARGO_HOME ?? path.join(homedir(), '.cargo'), path.join(homedir(), '.rustup')];
const found = (bytes) => places.filter((folder) => bytes.includes(folder));

test('nothing says where it was made', (t) => {
  const folders = [`${name}.tar.gz`, `ai-now-web-${version}.tar.gz`, `ai-now-studio-${version}.tgz`].map((archive) => unpacked(t, archive));
  for (const crate of files.filter((file) => file.endsWith('.crate'))) folders.push(unpacked(t, crate));
  let looked = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      assert.deepEqual(found(readFileSync(file)), [], path.relative(folder, file));
      looked += 1;
    }
  }
  assert.ok(looked > 200, `${looked}`);
});

/** Every component of a bill, recursively. */
const parts = ({ components = [] }) => components.flatMap((part) => [part, ...parts(part)]);

test('bills of materials are CycloneDX 1.5, whole, and name no folder', () => {
  const bills = files.filter((file) => file.endsWith('.cdx.json'));
  assert.ok(bills.length >= 4, bills.join());
  for (const file of bills) {
    const text = readFileSync(path.join(release, file), 'utf8');
    assert.deepEqual(found(text), [], file);
    assert.doesNotMatch(text, /file:|path\+|\.\.\//, file);
    const bill = JSON.parse(text);
    assert.deepEqual([bill.bomFormat, bill.specVersion], ['CycloneDX', '1.5'], file);
    const { component } = bill.metadata;
    assert.ok(file.startsWith(`${component.name}-${version}`), file);
    const all = [component, ...parts(component), ...parts(bill)];
    const references = all.map((part) => part['bom-ref']);
    assert.equal(new Set(references).size, references.length, file);
    for (const { ref, dependsOn = [] } of bill.dependencies) {
      for (const reference of [ref, ...dependsOn]) assert.ok(references.includes(reference), `${file}: ${reference}`);
    }
    const names = bill.components.map((part) => part.name);
    assert.ok(names.includes('ai-now-protocol') || names.includes('ai-now-sketch') || component.name === 'ai-now-admin', names.join());
    for (const part of bill.components) assert.match(part.purl, /^pkg:cargo\/[\w-]+@\d/, file);
    // Anyone who has to pass on licences finds them here.
    const bare = bill.components.filter(({ licenses = [] }) => licenses.length === 0).map((part) => part.name);
    assert.deepEqual(bare, [], file);
  }
});

test('the npm package and the crates are whole', (t) => {
  const studio = JSON.parse(readFileSync(path.join(unpacked(t, `ai-now-studio-${version}.tgz`), 'package/package.json'), 'utf8'));
  assert.deepEqual([studio.name, studio.version], ['ai-now-studio', version]);
  for (const crate of ['protocol', 'sketch', 'client']) {
    const dir = path.join(unpacked(t, `ai-now-${crate}-${version}.crate`), `ai-now-${crate}-${version}`);
    for (const file of ['Cargo.toml', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'src/lib.rs']) {
      assert.ok(existsSync(path.join(dir, file)), `${crate}: ${file}`);
    }
  }
});
