// The block in the editor: its settings, and a placeholder for the element. ai-now-studio.php renders the published
// page.
((wp) => {
  const { createElement: element, Fragment } = wp.element;
  const { InspectorControls, useBlockProps } = wp.blockEditor;
  const { PanelBody, SelectControl, TextControl } = wp.components;
  const { __ } = wp.i18n;

  wp.blocks.registerBlockType('ai-now/studio', {
    edit({ attributes, setAttributes }) {
      const text = (name, label, help) => element(TextControl, {
        label, help, value: attributes[name], onChange: (value) => setAttributes({ [name]: value }),
      });
      const themes = [['', __('The visitor’s', 'ai-now-studio')], ['light', __('Light', 'ai-now-studio')], ['dark', __('Dark', 'ai-now-studio')]];
      return element(Fragment, null,
        element(InspectorControls, null, element(PanelBody, { title: __('Studio', 'ai-now-studio') },
          text('models', __('Models', 'ai-now-studio'), __('The models to offer, in this order, such as “suno pika”. Empty: all of them.', 'ai-now-studio')),
          text('prompt', __('Prompt', 'ai-now-studio'), __('The initial prompt.', 'ai-now-studio')),
          element(SelectControl, {
            label: __('Theme', 'ai-now-studio'), value: attributes.theme,
            options: themes.map(([value, label]) => ({ value, label })),
            onChange: (theme) => setAttributes({ theme }),
          }))),
        element('div', useBlockProps(), element('p', null, __('AI-Now Studio: the page shows it to visitors.', 'ai-now-studio'))));
    },
    save: () => null,
  });
})(window.wp);
