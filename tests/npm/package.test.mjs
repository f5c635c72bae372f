// The package itself: package linters, its TypeScript types, and that both match the real element.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { reference } from '../../npm/reference.mjs';
import { borrow, browse, here, pack, place, project, run, serve, source, tool, top } from './support.mjs';

const read = (...names) => readFileSync(path.join(source, ...names), 'utf8');

test('publint finds nothing', async () => {
  const { stdout } = await run(tool('publint'), ['run', source, '--strict']);
  assert.match(stdout, /All good!/);
});

test('the types are those of the modules', async (t) => {
  const tarball = await pack(place(t, 'attw'));
  const { stdout } = await run(tool('attw'), [tarball, '--profile', 'esm-only', '--format', 'json']);
  const { problems } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(problems ?? {}).filter((kind) => kind !== 'CJSResolvesToESM'), []);
});

test('the package has what it needs and nothing of the build', () => {
  const files = readdirSync(source, { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  for (const name of ['index.js', 'index.d.ts', 'custom-elements.json', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'studio.js', 'locales/de.js', 'models/suno.jpg']) {
    assert.ok(files.includes(name), `${name} of ${files}`);
  }
  assert.equal(files.filter((name) => /^ai-now-(widget|sketch)_bg\.[\w-]{16}\.wasm$/.test(name)).length, 2, files.join());
  assert.deepEqual(files.filter((name) => /^(shell|worker|glue|release)/.test(name)), []);
  const { dependencies, peerDependencies, sideEffects } = JSON.parse(read('package.json'));
  assert.deepEqual([dependencies, peerDependencies, sideEffects], [undefined, undefined, ['./index.js']]);
  assert.doesNotMatch(read('README.md'), /\{\w+\}/);
});

test('TypeScript knows the element, and what is wrong with it, in each framework', async (t) => {
  const dir = await project(t, path.join(here, 'types'));
  borrow(dir, ['react', '@types', 'csstype', 'preact', 'vue', '@vue', 'svelte', 'solid-js']);
  const { stdout } = await run(tool('tsc'), ['--project', dir]);
  assert.equal(stdout, '');
});

test('where there is no DOM, the module can be imported and defines nothing', async (t) => {
  const dir = await project(t, path.join(here, 'projects/vite'));
  const program = "const { AiNowStudio } = await import('ai-now-studio'); console.log(typeof AiNowStudio, typeof customElements);";
  const { stdout, stderr } = await run('node', ['--input-type=module', '--eval', program], { cwd: dir });
  assert.deepEqual([stdout, stderr], ['function undefined\n', '']);
});

/** The manifest's description of the element. */
const [declaration] = JSON.parse(read('custom-elements.json')).modules[0].declarations;
const names = (list) => list.map(({ name }) => name).toSorted();

test('the manifest and the types tell what the element has, and no more', async (t) => {
  const dir = place(t, 'manifest');
  cpSync(source, dir, { recursive: true });
  const { page } = await browse(t, await serve(t, dir, '/package/').then((url) => `${url}README.md`));
  const there = await page.evaluate(async () => {
    const { AiNowStudio } = await import('/package/index.js');
    document.body.innerHTML = '<ai-now-studio mode="demo"></ai-now-studio>';
    const studio = document.querySelector('ai-now-studio');
    const heard = {};
    const { dispatchEvent } = studio;
    studio.dispatchEvent = function listen(event) {
      heard[event.type] = Object.keys(event.detail ?? {});
      return dispatchEvent.call(this, event);
    };
    const styled = () => studio.shadowRoot.querySelectorAll('[part]');
    await studio.start();
    const parts = new Set();
    const look = () => { for (const { part } of styled()) for (const name of part) parts.add(name); };
    await studio.generate({ model: 'pika', prompt: 'A lake, 1 second', style: '1' });
    look();
    await studio.generate({ model: 'suno', prompt: 'A tune, 2 seconds' });
    look();
    await studio.generate({ prompt: ' ' }).catch(() => {});
    const cancelled = studio.generate({ model: 'suno', prompt: 'A tune, 100 seconds' });
    studio.addEventListener('ai-now-progress', () => studio.cancel());
    await cancelled.catch(() => {});
    studio.mode = 'no such';
    await studio.restart().catch(() => {});
    const css = studio.shadowRoot.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText)).join('\n');
    const own = Object.entries(Object.getOwnPropertyDescriptors(AiNowStudio.prototype));
    return {
      observed: AiNowStudio.observedAttributes,
      accessors: own.filter(([, { get }]) => get).map(([name, { set }]) => [name, !set]),
      methods: own.filter(([, { value }]) => typeof value === 'function').map(([name]) => name),
      parts: [...parts],
      properties: [...new Set(css.match(/--ai-now-[a-z-]*[a-z]/g))],
      heard,
    };
  });
  // Only the style sheet uses `theme`.
  assert.deepEqual(names(declaration.attributes), [...there.observed, 'theme'].toSorted());
  const fields = declaration.members.filter(({ kind }) => kind === 'field');
  assert.deepEqual(fields.map(({ name, readonly = false }) => [name, readonly]).toSorted(), there.accessors.toSorted());
  const platform = ['constructor', 'connectedCallback', 'disconnectedCallback', 'adoptedCallback', 'attributeChangedCallback', 'connectedMoveCallback'];
  // Called by the studio itself.
  const inside = ['warn'];
  const methods = there.methods.filter((name) => ![...platform, ...inside].includes(name));
  assert.deepEqual(names(declaration.members.filter(({ kind }) => kind === 'method')), methods.toSorted());
  assert.deepEqual(names(declaration.cssParts), there.parts.toSorted());
  // The style sheets themselves register their unit (`www/shell/sizes.js`).
  const properties = there.properties.filter((name) => name !== '--ai-now-rem');
  assert.deepEqual(names(declaration.cssProperties), properties.toSorted());
  // Without a gateway there is no balance.
  assert.deepEqual(names(declaration.events).filter((name) => name !== 'ai-now-balance'), Object.keys(there.heard).toSorted());
  const types = read('index.d.ts');
  for (const [name, keys] of Object.entries(there.heard)) {
    const { type } = declaration.events.find((event) => event.name === name);
    assert.ok(types.includes(`'${name}': ${type.text};`), name);
    for (const key of keys) assert.match(types, new RegExp(`^  ${key}\\??: `, 'm'), `${name}: ${key}`);
  }
});

test('the reference for people is made of the same description', () => {
  const text = (name) => readFileSync(path.join(top, name), 'utf8');
  assert.equal(text('docs/element.md'), reference(JSON.parse(text('npm/element.json'))), 'run: node npm/reference.mjs');
});
