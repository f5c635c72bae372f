//! The page as a wasm module, started by `admin.js`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    ai_now_admin::start();
}
