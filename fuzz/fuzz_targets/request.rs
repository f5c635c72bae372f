//! Any bytes as the body of a generation request: parsed or refused, and what was found valid is
//! clean and stays valid.
#![no_main]

use ai_now_protocol::{Catalog, GenerateRequest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(request) = serde_json::from_slice::<GenerateRequest>(body) else { return };
    let catalog = Catalog::BUILT_IN;
    match request.check(&catalog) {
        Ok(order) => {
            assert!(order.prompt.chars().count() <= order.model.prompt_max_chars as usize);
            assert!(!order.prompt.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            let again = GenerateRequest { prompt: order.prompt.clone(), ..request.clone() };
            assert_eq!(again.check(&catalog).expect("still valid"), order);
        }
        Err(invalid) => {
            let sentence = invalid.to_string();
            assert!(!sentence.contains('\0') && sentence.len() < 2_000);
        }
    }
});
