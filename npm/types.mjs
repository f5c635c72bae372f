// The package's types, generated from the element's description: the element for TypeScript, and
// the types for frameworks. The latter are separate modules, so that the package depends on no
// framework.
import { property } from './manifest.mjs';

const comment = (text, indent = '  ') => `${indent}/** ${text} */`;

/** The names of texts as a page writes them: `NoStyle` is `noStyle` there. Codes are as they are. */
export const textName = (name) => name[0].toLowerCase() + name.slice(1);

/** What the shell itself says, before any language is loaded. */
const SHELL_TEXTS = ['question', 'generate', 'notLoaded', 'startAgain', 'newer', 'reload'];

function detail([name, { description, extends: base, fields }]) {
  const lines = Object.entries(fields).map(([field, [type, meaning]]) => `${comment(meaning)}\n  ${field}: ${type};`);
  return `${comment(description, '')}\nexport interface ${name}${base ? ` extends ${base}` : ''} {\n${lines.join('\n')}\n}`;
}

/** `index.d.ts`. `words` are the names of all texts of a language. */
export function types(element, words) {
  const own = element.attributes.filter(({ inherited }) => !inherited);
  const texts = [...new Set([...SHELL_TEXTS, ...words.map(textName)])];
  return `// Made of npm/element.json.

${Object.entries(element.details).map(detail).join('\n\n')}

/** The names of the element's texts. */
export type StudioTextName =
${texts.map((name) => `  | '${name}'`).join('\n')};

/** Texts of the site's own. What is put in stands in braces, as in the texts that they take the place of. */
export type StudioTexts = { [name in StudioTextName]?: string } & {
  /** What models are called, by id. */
  models?: { [id: string]: string };
  /** What options are called, by id; and styles and the words that a sketch follows, by their English names. */
  names?: { [name: string]: string };
};

/** The attributes of \`<${element.tag}>\`. */
export interface StudioAttributes {
${own.map(({ name, type, description }) => `${comment(description)}\n  '${name}'?: ${type};`).join('\n')}
}

/** The properties of \`<${element.tag}>\` that can be set. */
export interface StudioProperties {
${own.map(({ name, type, description }) => `${comment(description)}\n  ${property(name)}?: ${type};`).join('\n')}
${element.properties.filter(({ readonly }) => !readonly).map(({ name, type, description }) => `${comment(description)}\n  ${name}?: ${type};`).join('\n')}
}

/** The events of \`<${element.tag}>\`. They bubble and cross shadow roots. */
export interface StudioEventMap {
${element.events.map(({ name, detail, description }) => `${comment(description)}\n  '${name}': CustomEvent<${detail}>;`).join('\n')}
}

/** ${element.summary} */
export declare class ${element.class} extends HTMLElement {
${own.map(({ name, type, description }) => `${comment(description)}\n  ${property(name)}: ${type};`).join('\n')}
${element.properties.map(({ name, type, readonly, description }) => `${comment(description)}\n  ${readonly ? `get ${name}(): ${type}` : `${name}: ${type}`};`).join('\n')}
${element.methods.map(({ name, parameters, returns, description }) => `${comment(description)}\n  ${name}(${parameters}): ${returns};`).join('\n')}
  addEventListener<K extends keyof StudioEventMap>(type: K, listener: (this: ${element.class}, event: StudioEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener<K extends keyof HTMLElementEventMap>(type: K, listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof StudioEventMap>(type: K, listener: (this: ${element.class}, event: StudioEventMap[K]) => unknown, options?: boolean | EventListenerOptions): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(type: K, listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** Listeners as JSX and templates have them: \`onai-now-completed\`. */
export type StudioListeners<Prefix extends string = 'on'> = {
  [K in keyof StudioEventMap as \`\${Prefix}\${K}\`]?: (event: StudioEventMap[K]) => unknown;
};

declare global {
  interface HTMLElementTagNameMap {
    '${element.tag}': ${element.class};
  }
}
`;
}

const HEAD = (names) => `// Made of npm/element.json. Types alone: \`import type {} from 'ai-now-studio/…'\` once in a project.\nimport type { ${names} } from './index.js';\n`;
const WRITTEN = 'StudioAttributes & StudioProperties';

const MAKE = {
  react: ({ tag, class: name }) => `${HEAD(`${name}, StudioAttributes, StudioListeners, StudioProperties`)}import type { DetailedHTMLProps, HTMLAttributes } from 'react';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      '${tag}': DetailedHTMLProps<HTMLAttributes<${name}>, ${name}> & ${WRITTEN} & StudioListeners;
    }
  }
}
`,
  preact: ({ tag, class: name }) => `${HEAD(`${name}, StudioAttributes, StudioListeners, StudioProperties`)}import type { HTMLAttributes } from 'preact';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      '${tag}': HTMLAttributes<${name}> & ${WRITTEN} & StudioListeners;
    }
  }
}
`,
  vue: ({ tag, class: name }) => `${HEAD('StudioAttributes, StudioListeners, StudioProperties')}import type { HTMLAttributes } from 'vue';

/** As Vue writes listeners: \`@ai-now-completed\` is \`onAiNowCompleted\`. */
type Camel<S extends string> = S extends \`\${infer A}-\${infer B}\` ? \`\${A}\${Capitalize<Camel<B>>}\` : S;
type Listeners = { [K in keyof StudioListeners<''> as \`on\${Capitalize<Camel<K>>}\`]: StudioListeners<''>[K] };
type ${name}Component = new () => { $props: HTMLAttributes & ${WRITTEN} & Listeners };

declare module 'vue' {
  interface GlobalComponents {
    '${tag}': ${name}Component;
    ${name}: ${name}Component;
  }
}
`,
  svelte: ({ tag, class: name }) => `${HEAD(`${name}, StudioAttributes, StudioListeners, StudioProperties`)}import type { HTMLAttributes } from 'svelte/elements';

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    '${tag}': HTMLAttributes<${name}> & ${WRITTEN} & StudioListeners;
  }
}
`,
  solid: ({ tag, class: name }) => `${HEAD(`${name}, StudioAttributes, StudioListeners, StudioProperties`)}import type { JSX as Solid } from 'solid-js';

/** As Solid says that a property is meant: \`prop:texts\`. */
type Properties = { [K in keyof StudioProperties as \`prop:\${K}\`]: StudioProperties[K] };

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      '${tag}': Solid.HTMLAttributes<${name}> & StudioAttributes & Properties & StudioListeners<'on:'>;
    }
  }
}
`,
};

export const FRAMEWORKS = Object.keys(MAKE);

/** `react.d.ts` and its like. */
export const frameworkTypes = (framework, element) => MAKE[framework](element);
