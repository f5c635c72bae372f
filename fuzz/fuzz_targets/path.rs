//! Any bytes as paths of media and of the page: see `ai_now_fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ai_now_fuzz::path(input));
