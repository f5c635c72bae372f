// A preview of the studio, shown while the studio itself is loading: the balance, and the models with their
// prices, from the gateway's answers. A model can be chosen already. The studio puts its own views in the same
// places. If the studio would show something else, there is no preview. It must not know how the studio is
// loaded.
import { ENGLISH } from './shell/english.js';
import { make } from './shell/frame.js';
import { Sentences } from './shell/sentences.js';

const KINDS = { audio: 'Music', video: 'Video', picture: 'Picture' };

/** The models that the element offers, in its order; `undefined` if one of them does not exist. */
function offered(element, models) {
  const ids = (element.getAttribute('models') ?? '').split(/[\s,]+/).filter(Boolean);
  const named = ids.map((id) => models.find((model) => model.id === id));
  if (!named.every(Boolean)) return undefined;
  return named.length ? named : models;
}

/** Whether a model with its default options costs what its card says. */
const isPlain = ({ options = [] }) => options.every(({ kind, default: value }) => {
  if (value === undefined) return true;
  const choice = kind.choice?.find((one) => one.value === value);
  return (choice?.price_percent ?? 100) === 100 && [value, undefined].includes(kind.integer?.priced_per);
});

function card(say, model, at, isChosen) {
  const line = (text, name) => text && make('span', name ? { class: name, dir: 'auto' } : {}, text);
  const input = make('input', {
    type: 'radio', name: 'model', value: model.id, 'aria-labelledby': `model-${at}`, 'aria-describedby': `about-${at}`,
  });
  input.checked = isChosen;
  const about = [
    line(say.fill(KINDS[model.kind])),
    line(say.tokens(model.price_tokens)),
    make('span', { class: 'time' }, model.expected_secs ? say.secs(model.expected_secs) : say.fill('TimeVaries')),
    model.procedural ? make('span', { class: 'sketch' }, say.fill('Sketch')) : model.note && line(say.message(model.note), 'note'),
    model.status && line(say.message(model.status), 'busy'),
  ];
  return make('label', { class: 'card', part: 'model' },
    input,
    make('span', { class: 'mark' }),
    make('span', { class: 'name', id: `model-${at}` }, say.texts.models?.[model.id] ?? model.name),
    make('span', { class: 'about', id: `about-${at}` }, ...about.filter(Boolean)));
}

/** Example prompts, shown while the field is empty. */
function examples(say, field) {
  const chips = make('div', { class: 'chips' });
  const root = make('div', { class: 'examples', role: 'group', 'aria-label': say.fill('Examples') }, chips);
  const follow = () => { root.hidden = field.value !== ''; };
  const show = (kind) => {
    const name = kind === 'audio' ? 'ExampleMusic' : 'ExampleScene';
    const texts = [1, 2, 3].map((number) => say.fill(name + number)).filter(Boolean);
    chips.replaceChildren(...texts.map((text) => {
      const chip = make('button', { type: 'button', class: 'chip' }, text);
      chip.onclick = () => {
        field.value = text;
        field.dispatchEvent(new Event('input'));
      };
      return chip;
    }));
  };
  follow();
  return { root, show, follow };
}

/**
 * Shows a preview in the element's frame, and sets `frame.preview`, with which the studio continues.
 * `texts` are those of the language, by name; `catalog` and `balance` are the gateway's answers.
 */
export function show(element, frame, { language, texts, catalog, balance }) {
  const models = offered(element, catalog.models);
  const first = element.getAttribute('model')?.trim();
  let chosen = first ? models?.find(({ id }) => id === first) : models?.[0];
  if (!chosen || element.hasAttribute('preset-style') || !models.every(isPlain)) return;
  // The studio explains why something can't be paid for.
  if (models.some(({ price_tokens: price }) => price > balance.available)) return;
  const say = new Sentences(language, { ...ENGLISH, ...texts });
  const { places, field } = frame;
  const price = make('strong', {});
  const chips = examples(say, field);
  const choose = () => {
    price.textContent = say.fill('Costs', { tokens: say.tokens(chosen.price_tokens) });
    chips.show(chosen.kind);
  };
  choose();
  const cards = make('div', { class: 'cards' }, ...models.map((model, at) => card(say, model, at, model === chosen)));
  const ended = new AbortController();
  let wasChosen = false;
  cards.onchange = ({ target }) => {
    chosen = models.find(({ id }) => id === target.value);
    wasChosen = true;
    choose();
  };
  field.addEventListener('input', chips.follow, { signal: ended.signal });
  places.bar.append(make('div', { class: 'place' },
    make('p', { class: 'price' },
      price, make('span', { class: 'balance' }, say.fill('Balance', { tokens: say.tokens(balance.available) }))),
    make('p', { class: 'why' }), make('div', { class: 'refusal' })));
  places.compose.append(chips.root,
    make('fieldset', { class: 'models', role: 'radiogroup' }, make('legend', {}, say.fill('Model')), cards));
  frame.preview = {
    /** The id of the model that was chosen here; `undefined` if none was. */
    chosen: () => (wasChosen ? chosen.id : undefined),

    /** Removes the preview from a place. The focus moves to the same control of what is put there next. */
    end(place) {
      const controls = () => [...place.querySelectorAll('button, input')];
      const at = controls().indexOf(place.getRootNode().activeElement);
      place.replaceChildren();
      if (!chips.root.isConnected) ended.abort();
      if (at >= 0) queueMicrotask(() => controls()[at]?.focus());
    },
  };
}
