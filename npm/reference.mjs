// The element's reference for people, `docs/element.md`, out of its description: `node npm/reference.mjs`
// writes it anew. A test sees that it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { property } from './manifest.mjs';

const top = path.resolve(import.meta.dirname, '..');

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
const code = (text) => `\`${text}\``;

export function reference(element) {
  const fields = ([name, { description, extends: base, fields }]) => `### ${name}

${description}${base ? ` It has what ${code(base)} has, and:` : ''}

${table(['field', 'type', 'meaning'], Object.entries(fields).map(([field, [type, meaning]]) => [code(field), code(type), meaning]))}
`;
  return `# The element's reference

This page, the types of the npm package and its \`custom-elements.json\` are made of one description,
[\`npm/element.json\`](../npm/element.json), which a test compares with the element in a browser. What one does with it:
[Embedding](embedding.md), [Theming](theming.md).

## Attributes

Each but \`lang\` is a property, too, in camel case.

${table(['attribute', 'property', 'meaning', 'default'], element.attributes.map(({ name, description, default: value }) => [code(name), code(property(name)), description, value]))}

## Properties

${table(['property', 'type', 'meaning'], element.properties.map(({ name, type, description }) => [code(name), code(type), description]))}

## Methods

${table(['method', 'answers', 'does'], element.methods.map(({ name, parameters, returns, description }) => [code(`${name}(${parameters})`), code(returns), description]))}

## Events

They bubble and cross shadow roots.

${table(['event', 'detail', 'when'], element.events.map(({ name, detail, description }) => [code(name), code(detail), description]))}

## Parts

${table(['part', 'what it is'], element.parts.map(({ name, description }) => [code(name), description]))}

## Custom properties

${table(['property', 'syntax', 'what it colours or shapes', 'default'], element.cssProperties.map(({ name, syntax, description, default: value }) => [code(name), code(syntax), description, value]))}

## Types

${Object.entries(element.details).map(fields).join('\n')}`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(path.join(top, 'docs/element.md'), reference(JSON.parse(readFileSync(path.join(top, 'npm/element.json')))));
}
