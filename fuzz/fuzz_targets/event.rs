//! Any bytes as an event of a server that we don't know: parsed or refused; what was parsed is
//! written and read back as the same event, and its address is one that a page may load.
#![no_main]

use ai_now_protocol::{Event, MediaUrl};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    let Ok(event) = serde_json::from_slice::<Event>(json) else { return };
    if let Event::Completed(done) = &event {
        MediaUrl::parse(done.url.as_str()).expect("a checked address");
    }
    let written = serde_json::to_string(&event).expect("an event is JSON");
    let again: Event = serde_json::from_str(&written).expect("what we write, we read");
    assert_eq!(serde_json::to_string(&again).expect("an event is JSON"), written);
});
