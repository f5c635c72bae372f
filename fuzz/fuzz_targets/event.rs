//! Any bytes as events: see `ai_now_fuzz::event`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ai_now_fuzz::event(input));
