//! Any bytes, cut anywhere, read as an event stream: never a panic, never more than the limit, and
//! the same events however they are cut. The first byte says where the cuts are.
#![no_main]

use ai_now_protocol::sse::Reader;
use libfuzzer_sys::fuzz_target;

const MAX_BYTES: usize = 64;

fuzz_target!(|input: &[u8]| {
    let Some((&step, stream)) = input.split_first() else { return };
    let whole = Reader::new(MAX_BYTES).feed(stream);
    let mut reader = Reader::new(MAX_BYTES);
    let step = usize::from(step).max(1);
    let cut: Vec<_> = stream.chunks(step).flat_map(|chunk| reader.feed(chunk)).collect();
    assert_eq!(whole, cut);
    for frame in whole.iter().flatten() {
        // Each bad byte may become a replacement character of three bytes.
        assert!(frame.data.len() <= 3 * MAX_BYTES);
        assert!(!frame.last_event_id.contains(['\0', '\n', '\r']));
    }
});
