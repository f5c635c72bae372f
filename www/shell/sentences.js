// Makes sentences of texts with placeholders and plural forms, as `ai_now_protocol::wording` does. It must not
// know where the texts are stored.

const PLACES = /\{(\w+)\}/g;

/** Makes sentences of `texts`, by name, in a language. */
export class Sentences {
  constructor(language, texts) {
    this.language = language;
    this.texts = texts;
    this.rules = new Intl.PluralRules(language);
  }

  /** A text with `values` in place of their names in braces. */
  fill(name, values = {}) {
    return this.texts[name].replaceAll(PLACES, (_, place) => values[place] ?? '');
  }

  /** The plural form of a text for a number; the text itself if it has no forms. */
  #form(text, n) {
    const forms = text.split('|').map((form) => form.trim().split(/=(.*)/s));
    if (forms.some(([, form]) => form === undefined)) return text;
    const category = n === undefined ? 'other' : this.rules.select(n);
    return (forms.find(([name]) => name === category) ?? forms.at(-1))[1];
  }

  /** A number of tokens. */
  tokens(n) {
    return this.#form(this.texts.Tokens, n).replaceAll(PLACES, n.toLocaleString(this.language));
  }

  /** The text of a message in the language; the message's own if the language has none for its code. */
  message({ text, code, params = {} }) {
    const known = code && this.texts[code];
    if (!known) return text;
    const numbers = Object.values(params).filter((value) => typeof value === 'number');
    let whole = true;
    const said = this.#form(known, numbers[0]).replaceAll(PLACES, (_, place) => {
      whole &&= place in params;
      return params[place]?.toLocaleString(this.language) ?? '';
    });
    return whole ? said : text;
  }

  /** A duration in a suitable unit, or a range of two: `40 sec`, `1–3 min`. */
  secs({ min, max }) {
    const [unit, per] = max < 60 ? ['second', 1] : ['minute', 60];
    const format = new Intl.NumberFormat(this.language, {
      style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0,
    });
    const [least, most] = [Math.ceil(min / per), Math.ceil(max / per)];
    return least === most ? format.format(most) : format.formatRange?.(least, most) ?? '';
  }
}
