//! Any bytes as bodies of generation requests: see `ai_now_fuzz::request`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ai_now_fuzz::request(input));
