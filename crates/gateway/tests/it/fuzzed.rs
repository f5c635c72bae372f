//! What the fuzz targets prove at length, proved briefly: the same functions, on what proptest makes
//! up. The shapes come near to what each reads, so that more than the first check is met.

use proptest::prelude::*;

#[path = "../../../../fuzz/src/lib.rs"]
mod fuzz;

/// Bytes of which most are like `shape`.
fn like(shape: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => shape.prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..<_>::default() })]

    #[test]
    fn event_streams(input in like("(\\PC|(id|data|event|retry)?: ?[a-z0-9]{0,70}(\n|\r|\r\n)){0,20}")) {
        fuzz::sse(&input);
    }

    #[test]
    fn requests(input in like(
        r#"\{"model":"(suno|luma|pika|run|\PC{0,50})","prompt":"[^"\\]{0,40}"(,"style":"[1-9]?")?(,"options":\{"seed":-?[0-9]{1,12}(\.0)?\})?\}"#
    )) {
        fuzz::request(&input);
    }

    #[test]
    fn events(input in like(
        r#"\{"status":"(Processing|Completed|Error|\PC{0,9})"(,"url":"(https?://|/|//|java)?[ -~&&[^"\\]]{0,20}")?(,"progress":-?[0-9]{1,3}\.[0-9])?\}"#
    )) {
        fuzz::event(&input);
    }

    #[test]
    fn ranges(size in any::<[u8; 8]>(), header in like("(bytes=)?[0-9]{0,21}-[0-9]{0,21}(,[0-9]-)?")) {
        fuzz::range(&[size.as_slice(), &header].concat());
    }

    #[test]
    fn tickets(input in like("[A-Za-z0-9_-]{0,60}=?")) {
        fuzz::ticket(&input);
    }

    #[test]
    fn paths(input in like("(/|\\.|%2e|%2F|%5c|\\\\|%00|[a-z]{1,30}|-|\\.mp[34]){0,8}")) {
        fuzz::path(&input);
    }
}
