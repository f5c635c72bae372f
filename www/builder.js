// The builder: applies the form's settings to the element beside it, shows them as code to copy, and stores
// them in the page's address, which can be shared. The element itself tells what can be chosen.

import { say } from './builder-texts.js';

const studio = document.querySelector('ai-now-studio');
const form = document.getElementById('settings');
const { elements: fields } = form;

const ATTRIBUTES = ['gateway', 'publishable-key', 'mode', 'models', 'model', 'preset-style', 'prompt', 'lang', 'theme'];
const TEXTS = ['question', 'generate'];
const LOOKS = [...fields].map(({ name }) => name).filter((name) => name.startsWith('--'));

/** The element's models when it offers all of them: ids and names. */
let models = [];

/** The settings by the names of the fields, without those that have their default. */
function chosen() {
  const set = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name !== 'models' && value.trim() && !(name === 'mode' && value === 'gateway')) set.set(name, value.trim());
  }
  const offered = [...form.querySelectorAll('[name=models]:checked')].map(({ value }) => value);
  if (offered.length > 0 && offered.length < models.length) set.set('models', offered.join(' '));
  return set;
}

const quoted = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const property = (name) => name.replace(/-./g, (dash) => dash[1].toUpperCase());

/** The page's own texts among the settings, if there are any. */
function texts(set) {
  const own = TEXTS.filter((name) => set.has(name)).map((name) => [name, set.get(name)]);
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

/** Text for an inline script: nothing in it ends that script. */
const literal = (value) => JSON.stringify(value, null, 2).replaceAll('<', '\\u003c');

function html(set) {
  const attributes = ATTRIBUTES.filter((name) => set.has(name)).map((name) => ` ${name}="${quoted(set.get(name))}"`);
  const lines = [
    `<script type="module" src="${quoted(new URL('ai-now.js', document.baseURI).href)}"></script>`,
    `<ai-now-studio${attributes.join('')}></ai-now-studio>`,
  ];
  const own = texts(set);
  if (own) lines.push(`<script>\n  document.querySelector('ai-now-studio').texts = ${literal(own)};\n</script>`);
  return lines.join('\n');
}

function react(set) {
  const given = ATTRIBUTES.filter((name) => set.has(name)).map((name) => `      ${property(name)}={${literal(set.get(name))}}\n`);
  const own = texts(set);
  const lines = ["import 'ai-now-studio';", "import type {} from 'ai-now-studio/react';", ''];
  if (own) lines.push(`const texts = ${literal(own)};`, '');
  if (own) given.push('      texts={texts}\n');
  lines.push('export function Studio() {', '  return (');
  lines.push(given.length > 0 ? `    <ai-now-studio\n${given.join('')}    />` : '    <ai-now-studio />', '  );', '}');
  return lines.join('\n');
}

function css(set) {
  const rules = LOOKS.filter((name) => set.has(name)).map((name) => `  ${name}: ${set.get(name)};`);
  if (set.has('width')) rules.push('  display: block;', `  max-width: ${set.get('width')};`);
  return rules.length > 0 ? `ai-now-studio {\n${rules.join('\n')}\n}` : `/* ${say('plain')} */`;
}

const CODES = [['HTML', html], ['React', react], ['CSS', css]].map(([name, write]) => {
  const box = document.createElement('div');
  const heading = Object.assign(document.createElement('h3'), { textContent: name });
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: say('copy'), ariaLabel: say('copyName', name) });
  // What scrolls must be reachable by keyboard. Code runs from left to right.
  const code = Object.assign(document.createElement('pre'), { dir: 'ltr', tabIndex: 0, role: 'region', ariaLabel: say('code', name) });
  code.setAttribute('role', 'region');
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      document.getElementById('said').textContent = say('copied', name);
    } catch {
      getSelection().selectAllChildren(code);
      document.getElementById('said').textContent = say('cantCopy');
    }
  };
  box.append(heading, button, code);
  document.getElementById('codes').append(box);
  return (set) => { code.textContent = write(set); };
});

/** Applies the form to the element. */
function apply() {
  const set = chosen();
  for (const name of ATTRIBUTES) {
    const value = set.get(name);
    if (value === studio.getAttribute(name)) continue;
    if (value === null) studio.removeAttribute(name);
    else studio.setAttribute(name, value);
  }
  const own = texts(set);
  if (JSON.stringify(own) !== JSON.stringify(studio.texts)) studio.texts = own;
  // `setProperty` ignores what is not a value of that property.
  for (const name of LOOKS) studio.style.setProperty(name, set.get(name));
  studio.style.maxWidth = set.get('width') ?? '';
  for (const write of CODES) write(set);
  history.replaceState(null, '', set.size > 0 ? `#${set}` : location.pathname + location.search);
}

const options = (select, list) => {
  const { value } = select;
  select.replaceChildren(select.options[0], ...list.map(([value, name]) => new Option(name, value)));
  select.value = list.some(([known]) => known === value) ? value : '';
};

/** What the element offers: its radio buttons of that name, with their labels. */
function offered(name) {
  const { shadowRoot } = studio;
  return [...shadowRoot.querySelectorAll(`input[name=${name}]`)].filter(({ value }) => value).map((radio) => {
    const label = radio.ariaLabelledByElements?.[0] ?? shadowRoot.getElementById(radio.getAttribute('aria-labelledby')) ?? radio.labels[0];
    return [radio.value, label?.textContent.trim() || radio.value];
  });
}

/** Shows what the element offers, once all of its models are known. */
function learn(set) {
  models = offered('model');
  const picked = set.get('models')?.split(' ') ?? [];
  document.getElementById('models').replaceChildren(...models.map(([value, name]) => {
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', name: 'models', value, checked: picked.length === 0 || picked.includes(value) });
    const label = document.createElement('label');
    label.append(box, name);
    return label;
  }));
  options(fields.model, models);
  fields.model.value = set.get('model') ?? '';
}

/** Fills the form from an address. */
function fill(set) {
  for (const [name, value] of set) if (name !== 'models' && fields[name]) fields[name].value = value;
}

/** The next frame. */
const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });

/** Shows the styles of the model; a style that the model does not have is no longer chosen. */
async function learnStyles() {
  // While the element is rebuilt, it has no styles. The result panel is added after them.
  await studio.ready.catch(() => {});
  while (!studio.shadowRoot.querySelector('[part=result-panel]')) await frame();
  await frame();
  const { value } = fields['preset-style'];
  options(fields['preset-style'], offered('style'));
  if (fields['preset-style'].value !== value) apply();
}

form.addEventListener('input', ({ target }) => {
  apply();
  // Once the element shows the styles of the other model.
  if (target.name !== 'preset-style') frame().then(learnStyles);
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => {
  // In a task of its own: the fields are empty only after all listeners have run.
  setTimeout(() => {
    for (const box of form.querySelectorAll('[name=models]')) box.checked = true;
    if (!reachable) fields.mode.value = 'demo';
    apply();
  });
});
studio.addEventListener('ai-now-ready', learnStyles);

const asked = new URLSearchParams(location.hash.slice(1));
// A static host has no gateway: there the visitor's browser makes everything.
const reachable = await fetch('api/catalog').then((answer) => answer.ok, () => false);
if (!asked.has('mode') && !reachable) asked.set('mode', 'demo');
fill(asked);
studio.mode = fields.mode.value;
await studio.start().catch(() => {});
learn(asked);
fill(asked);
apply();
// The styles depend on the model: they are known once the element shows that model.
await frame();
await learnStyles();
fields['preset-style'].value = asked.get('preset-style') ?? '';
apply();
