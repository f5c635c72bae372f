//! The widget as a wasm module. It starts nothing: the shell, `www/ai-now.js`, builds a studio for
//! each element, with the exports of `custom_element`.

// It needs no start code: that would be 1 KB.
#![cfg_attr(target_arch = "wasm32", no_main)]

use ai_now_widget as _;

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
