<?php
// Stubs of the WordPress functions that the plug-in uses, to test it without WordPress: each does what WordPress
// documents, for one page with a shortcode and a block.
declare(strict_types=1);

define('ABSPATH', '/');

$options = ['ai_now_gateway' => getenv('GATEWAY'), 'ai_now_key' => getenv('KEY')];
$hooks = [];
$shortcodes = [];
$blocks = [];
$modules = [];

function get_option(string $name, $default = false) { return $GLOBALS['options'][$name] ?? $default; }
function untrailingslashit(string $text): string { return rtrim($text, '/\\'); }
function current_user_can(string $what): bool { return false; }
function esc_attr(string $text): string { return htmlspecialchars($text, ENT_QUOTES); }
function esc_html(string $text): string { return htmlspecialchars($text, ENT_QUOTES); }
function __(string $text, string $domain = ''): string { return $text; }
function esc_html__(string $text, string $domain = ''): string { return esc_html($text); }
function plugins_url(string $file, string $plugin): string { return "/plugins/$file"; }
function wp_register_script(string $name, string $url, array $needs, string $version): void {}
function wp_enqueue_script_module(string $name, string $url, array $needs, ?string $version): void { $GLOBALS['modules'][$name] = $url; }
function add_shortcode(string $name, callable $render): void { $GLOBALS['shortcodes'][$name] = $render; }
function add_action(string $hook, callable $run): void { $GLOBALS['hooks'][$hook][] = $run; }
function register_block_type(string $folder, array $settings): void {
    $block = json_decode(file_get_contents("$folder/block.json"), true, 512, JSON_THROW_ON_ERROR);
    $GLOBALS['blocks'][$block['name']] = $settings['render_callback'];
}

require getenv('PLUGIN');

foreach ($hooks['init'] as $run) {
    $run();
}
$body = $shortcodes['ai-now-studio'](['models' => 'suno pika', 'preset-style' => '4', 'prompt' => '"><script>alert(1)</script>', 'onclick' => 'alert(2)']);
$body .= $blocks['ai-now/studio'](['models' => '', 'prompt' => '', 'theme' => 'dark']);
header('Content-Type: text/html; charset=utf-8');
echo '<!doctype html><html lang="en"><title>A blog</title>';
foreach ($modules as $url) {
    echo '<script type="module" src="' . esc_attr($url) . '"></script>';
}
echo $body;
