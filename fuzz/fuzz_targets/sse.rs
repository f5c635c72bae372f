//! Any bytes as event streams: see `ai_now_fuzz::sse`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ai_now_fuzz::sse(input));
