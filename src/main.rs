//! The widget as a wasm module. It starts nothing: the shell, `www/ai-now.js`, builds a studio for
//! each element, with what `element` exports.

use ai_now_widget as _;

fn main() {}
