// The package's `custom-elements.json` (Custom Elements Manifest, schema 1.0.0) out of the element's
// description. Editors and catalogs of components read it.

/** The property that an attribute is, too. */
export const property = (attribute) => attribute.replace(/-./g, (dash) => dash[1].toUpperCase());

export function manifest(element, version) {
  const type = (text) => ({ type: { text } });
  const described = ({ name, description }) => ({ name, description });
  const own = element.attributes.filter(({ inherited }) => !inherited);
  const members = [
    ...own.map((attribute) => ({
      kind: 'field', name: property(attribute.name), ...type(attribute.type), description: attribute.description,
      attribute: attribute.name, reflects: true,
    })),
    ...element.properties.map(({ readonly, ...field }) => ({
      kind: 'field', ...described(field), ...type(field.type), ...readonly ? { readonly } : {},
    })),
    ...element.methods.map(({ parameters, returns, ...method }) => ({
      kind: 'method', ...described(method),
      parameters: parameters ? [{ name: parameters.split(/\W/)[0], ...type(parameters.split(': ')[1]), optional: parameters.includes('?') }] : [],
      return: type(returns),
    })),
  ];
  const declaration = {
    kind: 'class', name: element.class, tagName: element.tag, customElement: true, summary: element.summary,
    superclass: { name: 'HTMLElement' },
    attributes: element.attributes.map((attribute) => ({
      ...described(attribute), ...type(attribute.type), default: attribute.default,
      ...attribute.inherited ? {} : { fieldName: property(attribute.name) },
    })),
    members,
    events: element.events.map((event) => ({ ...described(event), ...type(`CustomEvent<${event.detail}>`) })),
    cssParts: element.parts,
    cssProperties: element.cssProperties,
  };
  return {
    schemaVersion: '1.0.0',
    readme: 'README.md',
    modules: [{
      kind: 'javascript-module', path: 'index.js', declarations: [declaration],
      exports: [
        { kind: 'js', name: element.class, declaration: { name: element.class, module: 'index.js' } },
        { kind: 'custom-element-definition', name: element.tag, declaration: { name: element.class, module: 'index.js' } },
      ],
    }],
    version,
  };
}
