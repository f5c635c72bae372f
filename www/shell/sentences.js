// How a text of a language becomes a sentence, as `ai_now_protocol::wording` does it. It must not know
// where the texts stand.

const PLACES = /\{(\w+)\}/g;

/** What says things with `texts`, by name, in a language. */
export class Sentences {
  constructor(language, texts) {
    this.language = language;
    this.texts = texts;
    this.rules = new Intl.PluralRules(language);
  }

  /** A text with `values` put in where their names stand in braces. */
  fill(name, values = {}) {
    return this.texts[name].replaceAll(PLACES, (_, place) => values[place] ?? '');
  }

  /** The form of a text for a number, or as it is where it has none. */
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

  /** What a message says, in the language as far as it has words for its code; else as it came. */
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

  /** A duration in its fitting unit, or a range of two: `40 sec`, `1–3 min`. */
  secs({ min, max }) {
    const [unit, per] = max < 60 ? ['second', 1] : ['minute', 60];
    const format = new Intl.NumberFormat(this.language, {
      style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0,
    });
    const [least, most] = [Math.ceil(min / per), Math.ceil(max / per)];
    return least === most ? format.format(most) : format.formatRange?.(least, most) ?? '';
  }
}
