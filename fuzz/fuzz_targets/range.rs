//! Any bytes as `Range` headers: see `ai_now_fuzz::range`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ai_now_fuzz::range(input));
