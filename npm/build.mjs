// Builds the npm package from a build for distribution: `node npm/build.mjs DIST OUT ESBUILD
// VERSION`. The shell becomes a module that bundlers can follow: each file it loads is a module
// itself, or an address in `release.js` that bundlers recognise. It must not know what the files
// do.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { manifest } from './manifest.mjs';
import { FRAMEWORKS, frameworkTypes, types } from './types.mjs';

const [dist, out, esbuild, version] = process.argv.slice(2);
const top = path.resolve(import.meta.dirname, '..');
const element = JSON.parse(readFileSync(path.join(top, 'npm/element.json')));
const at = (...names) => path.join(out, ...names);
const write = (name, text) => writeFileSync(at(name), text);

/** The file of that name in `dist`, with the hash that a build for distribution puts into it. */
function built(name) {
  const { dir, name: stem, ext } = path.parse(name);
  const found = readdirSync(path.join(dist, dir))
    .filter((file) => file.startsWith(`${stem}.`) && file.endsWith(ext) && /^\.[\w-]{16}\./.test(file.slice(stem.length)));
  if (found.length !== 1) throw new Error(`${dist} has ${found.length} files ${name}: build it with cargo xtask dist`);
  return path.posix.join(dir, found[0]);
}

const text = (name) => readFileSync(path.join(dist, name), 'utf8');
const bundle = (from, to, ...options) => execFileSync(esbuild, [
  at(from), `--outfile=${at(to)}`, '--bundle', '--target=es2022', '--charset=utf8', '--legal-comments=none',
  '--log-level=warning', '--allow-overwrite', ...options,
], { stdio: ['ignore', 'inherit', 'inherit'] });

/** A text with each of these replaced, which has to be there. */
const replaced = (text, ...changes) => changes.reduce((text, [what, by]) => {
  if (!text.includes(what)) throw new Error(`nothing to replace: ${what}`);
  return text.replaceAll(what, by);
}, text);

/** An address that bundlers follow. */
const address = (file) => `() => new URL(${JSON.stringify(`./${file}`)}, import.meta.url).href`;
const copy = (file) => {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  cpSync(path.join(dist, file), at(file));
  return file;
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// The worker as one script, which gets the address of its wasm.
const engine = { wasm: built('ai-now-sketch_bg.wasm'), glue: built('ai-now-sketch.js') };
write(engine.glue, text(engine.glue));
write('worker.js', replaced(text(built('sketch-worker.js')), [`new URL('${engine.wasm}', import.meta.url)`, 'self.ENGINE']));
bundle('worker.js', 'worker.js', '--format=esm', '--minify', '--define:import.meta.url=self.ENGINE');

// The glue as a function: each call is an instance of its own.
write('glue.js', text(built('ai-now-widget_bg.js')));
bundle('glue.js', 'glue.js', '--format=iife', '--minify', '--global-name=instance');

const pictures = ['models', 'styles'].flatMap((folder) => readdirSync(path.join(dist, folder))
  .filter((file) => file.endsWith('.jpg')).sort().map((file) => copy(`${folder}/${file}`)));
write('studio.js', `${[
  `export function glue() {\n${readFileSync(at('glue.js'), 'utf8')}return instance;\n}`,
  `export const STYLE = ${JSON.stringify(text(built('widget.css')))};`,
  `export const WORKER = ${JSON.stringify(readFileSync(at('worker.js'), 'utf8'))};`,
  `export const PICTURES = {\n${pictures.map((file) => `  ${JSON.stringify(file)}: ${address(file)},`).join('\n')}\n};`,
].join('\n')}\n`);

mkdirSync(at('locales'));
const languages = readdirSync(path.join(top, 'www/locales')).map((file) => path.parse(file).name).sort();
for (const language of languages) write(`locales/${language}.js`, `export default ${text(built(`locales/${language}.json`)).trim()};\n`);

write('release.js', `${[
  `export const WIDGET = ${address(copy(built('ai-now-widget_bg.wasm')))};`,
  `export const ENGINE = ${address(copy(engine.wasm))};`,
  "export const STUDIO = () => import('./studio.js');",
  `export const LANGUAGES = {\n${languages.map((language) => `  ${language}: () => import('./locales/${language}.js'),`).join('\n')}\n};`,
].join('\n')}\n`);

// The shell, with a way to its files of its own.
cpSync(path.join(top, 'www/shell'), at('shell'), { recursive: true });
cpSync(path.join(top, 'npm/files.js'), at('shell/files.js'));
for (const part of ['preview', 'start']) cpSync(path.join(top, `www/ai-now-${part}.js`), at(`${part}.js`));
write('shell.js', replaced(readFileSync(path.join(top, 'www/ai-now.js'), 'utf8'),
  ["import { Files } from './shell/files.js';", "import { Files, HERE } from './shell/files.js';"],
  ['import.meta.url', 'HERE']));
bundle('shell.js', 'index.js', '--format=esm', `--external:${at('studio.js')}`, `--external:${at('locales')}/*`);
for (const name of ['worker.js', 'glue.js', 'preview.js', 'start.js', 'shell', 'shell.js', 'release.js', engine.glue]) rmSync(at(name), { recursive: true });

write('index.d.ts', types(element, Object.keys(JSON.parse(text(built('locales/de.json')))).filter((name) => name !== 'names')));
write('custom-elements.json', `${JSON.stringify(manifest(element, version), null, 2)}\n`);
for (const framework of FRAMEWORKS) write(`${framework}.d.ts`, frameworkTypes(framework, element));
// What the types of a framework are at run time: nothing.
write('types-only.js', 'export {};\n');
for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) cpSync(path.join(top, name), at(name));

const typed = (file) => ({ types: `./${file}.d.ts`, default: './types-only.js' });
write('package.json', `${JSON.stringify({
  name: 'ai-now-studio',
  version,
  description: 'Make music, pictures and video from a sentence, on any web page: a custom element.',
  keywords: ['custom-element', 'web-component', 'ai', 'music', 'video', 'generation', 'wasm'],
  license: 'MIT OR Apache-2.0',
  repository: { type: 'git', url: 'git+https://github.com/ai-now/ai-now.git' },
  type: 'module',
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    ...Object.fromEntries(FRAMEWORKS.map((framework) => [`./${framework}`, typed(framework)])),
    './custom-elements.json': './custom-elements.json',
    './package.json': './package.json',
  },
  types: './index.d.ts',
  customElements: 'custom-elements.json',
  sideEffects: ['./index.js'],
}, null, 2)}\n`);

/** What a file weighs as browsers get it, in kB. */
const kilobytes = (...files) => (files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(at(file))).length, 0) / 1000).toFixed(0);
const sizes = {
  shell: kilobytes('index.js'),
  studio: kilobytes('studio.js', built('ai-now-widget_bg.wasm')),
  engine: kilobytes(engine.wasm),
  language: kilobytes('locales/de.js'),
};
write('README.md', readFileSync(path.join(top, 'npm/README.md'), 'utf8').replaceAll(/\{(\w+)\}/g, (_, name) => {
  if (!(name in sizes)) throw new Error(`npm/README.md asks for {${name}}`);
  return sizes[name];
}));
const all = readdirSync(out, { recursive: true }).map((file) => statSync(at(file))).filter((file) => file.isFile());
console.log(`${out}: ${all.length} files, ${Math.round(all.reduce((sum, { size }) => sum + size, 0) / 1000)} kB`);
