// The builder: what is set in the form is set on the element beside it, written as code to take along, and
// kept in the page's address, which can be passed on. What there is to choose, the element itself tells.

import { say } from './builder-texts.js';

const studio = document.querySelector('ai-now-studio');
const form = document.getElementById('settings');
const { elements: fields } = form;

const ATTRIBUTES = ['gateway', 'publishable-key', 'mode', 'models', 'model', 'preset-style', 'prompt', 'lang', 'theme'];
const TEXTS = ['question', 'generate'];
const LOOKS = [...fields].map(({ name }) => name).filter((name) => name.startsWith('--'));

/** The models of the element, with all of them on offer: ids and names. */
let models = [];

/** What is set, by the names of the fields; what is as it would be anyway is left out. */
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

/** The texts of one's own among what is set, if there are any. */
function texts(set) {
  const own = TEXTS.filter((name) => set.has(name)).map((name) => [name, set.get(name)]);
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

/** Text for a script within a page: nothing in it ends that script. */
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
  // What scrolls is to be reached by keyboard. Code runs from left to right.
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

/** Sets the element as the form says. */
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
  // `setProperty` takes nothing that is not a value of that property.
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

/** What the element offers: radio buttons of that name, with what they are called. */
function offered(name) {
  const { shadowRoot } = studio;
  return [...shadowRoot.querySelectorAll(`input[name=${name}]`)].filter(({ value }) => value).map((radio) => {
    const label = radio.ariaLabelledByElements?.[0] ?? shadowRoot.getElementById(radio.getAttribute('aria-labelledby')) ?? radio.labels[0];
    return [radio.value, label?.textContent.trim() || radio.value];
  });
}

/** Takes over what the element offers, now that all of its models are known. */
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

/** Fills the form with what an address says. */
function fill(set) {
  for (const [name, value] of set) if (name !== 'models' && fields[name]) fields[name].value = value;
}

/** The next frame. */
const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });

/** Takes over which styles there are; one that the model doesn't have can't stay chosen. */
async function learnStyles() {
  // Where the element is built anew, its styles are away for a moment. The stage comes after them.
  await studio.ready.catch(() => {});
  while (!studio.shadowRoot.querySelector('[part=stage]')) await frame();
  await frame();
  const { value } = fields['preset-style'];
  options(fields['preset-style'], offered('style'));
  if (fields['preset-style'].value !== value) apply();
}

form.addEventListener('input', ({ target }) => {
  apply();
  // Once the element shows the styles of another model.
  if (target.name !== 'preset-style') frame().then(learnStyles);
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => {
  // Once the fields are empty: after all that listens, in a task of its own.
  setTimeout(() => {
    for (const box of form.querySelectorAll('[name=models]')) box.checked = true;
    if (!reachable) fields.mode.value = 'demo';
    apply();
  });
});
studio.addEventListener('ai-now-ready', learnStyles);

const asked = new URLSearchParams(location.hash.slice(1));
// On a static host nobody answers: there the visitor's browser makes everything.
const reachable = await fetch('api/catalog').then((answer) => answer.ok, () => false);
if (!asked.has('mode') && !reachable) asked.set('mode', 'demo');
fill(asked);
studio.mode = fields.mode.value;
await studio.start().catch(() => {});
learn(asked);
fill(asked);
apply();
// A style is one of the model's: which there are is known once the element shows that model.
await frame();
await learnStyles();
fields['preset-style'].value = asked.get('preset-style') ?? '';
apply();
