//! Any bytes as event tickets: see `ai_now_fuzz::ticket`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ai_now_fuzz::ticket(input));
