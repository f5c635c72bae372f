<?php
/**
 * Plugin Name:       AI-Now Studio
 * Description:       Music, pictures and video from a sentence, as a block and as the shortcode [ai-now-studio].
 * Version:           0.1.0
 * Requires at least: 6.5
 * Requires PHP:      8.0
 * License:           MIT OR Apache-2.0
 * Text Domain:       ai-now-studio
 */

defined('ABSPATH') || exit;

/** The attributes that a block or a shortcode can set. */
const AI_NOW_ATTRIBUTES = ['mode', 'models', 'model', 'preset-style', 'prompt', 'lang', 'theme'];

/** The gateway's address, from the settings. */
function ai_now_gateway(): string {
    return untrailingslashit((string) get_option('ai_now_gateway', ''));
}

/** The element as HTML. The attributes come from the page, the key from the site's settings. */
function ai_now_render($given = []): string {
    if (ai_now_gateway() === '') {
        return current_user_can('manage_options')
            ? '<p>' . esc_html__('Set the address of your gateway in Settings → AI-Now Studio.', 'ai-now-studio') . '</p>'
            : '';
    }
    wp_enqueue_script_module('ai-now-studio', ai_now_gateway() . '/ai-now.js', [], null);
    $html = '<ai-now-studio';
    $key = (string) get_option('ai_now_key', '');
    if ($key !== '') {
        $html .= ' publishable-key="' . esc_attr($key) . '"';
    }
    foreach (AI_NOW_ATTRIBUTES as $name) {
        // Shortcode attributes have no capital letters, block attributes no dashes.
        $value = $given[$name] ?? $given[str_replace('-', '_', $name)] ?? '';
        if (is_string($value) && $value !== '') {
            $html .= ' ' . $name . '="' . esc_attr($value) . '"';
        }
    }
    return $html . '></ai-now-studio>';
}

add_shortcode('ai-now-studio', fn($given) => ai_now_render(is_array($given) ? $given : []));

add_action('init', function (): void {
    wp_register_script(
        'ai-now-studio-block',
        plugins_url('block.js', __FILE__),
        ['wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components', 'wp-i18n'],
        '0.1.0'
    );
    register_block_type(__DIR__, ['render_callback' => 'ai_now_render']);
});

add_action('admin_init', function (): void {
    register_setting('ai_now', 'ai_now_gateway', ['type' => 'string', 'sanitize_callback' => 'sanitize_url']);
    register_setting('ai_now', 'ai_now_key', ['type' => 'string', 'sanitize_callback' => 'sanitize_text_field']);
});

add_action('admin_menu', function (): void {
    add_options_page('AI-Now Studio', 'AI-Now Studio', 'manage_options', 'ai-now-studio', 'ai_now_settings');
});

/** The settings page. */
function ai_now_settings(): void {
    $fields = [
        'ai_now_gateway' => __('Gateway', 'ai-now-studio'),
        'ai_now_key' => __('Publishable key', 'ai-now-studio'),
    ];
    echo '<div class="wrap"><h1>AI-Now Studio</h1><form method="post" action="options.php"><table class="form-table">';
    settings_fields('ai_now');
    foreach ($fields as $name => $label) {
        printf(
            '<tr><th><label for="%1$s">%2$s</label></th><td><input class="regular-text" id="%1$s" name="%1$s" value="%3$s"></td></tr>',
            esc_attr($name),
            esc_html($label),
            esc_attr((string) get_option($name, ''))
        );
    }
    echo '</table>';
    submit_button();
    echo '</form></div>';
}
