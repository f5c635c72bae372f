//! Properties that must hold for any input bytes: one function per subject, which panics on a
//! violation.
//!
//! The fuzz targets call these with the fuzzer's input, and the gateway's tests with proptest's.

use std::path::{Component, Path};
use std::sync::OnceLock;

use ai_now_gateway::http::file_request::{Wanted, is_public, part};
use ai_now_gateway::media::format_of;
use ai_now_gateway::secret::SigningKey;
use ai_now_protocol::sse::Reader;
use ai_now_protocol::{Catalog, Event, GenerateRequest, MediaUrl};

/// An event stream, split at any positions: it never exceeds the limit, and gives the same events
/// however it is split. The first byte determines the splits.
pub fn sse(input: &[u8]) {
    const MAX_BYTES: usize = 64;
    let Some((&step, stream)) = input.split_first() else { return };
    let whole = Reader::new(MAX_BYTES).feed(stream);
    let mut reader = Reader::new(MAX_BYTES);
    let step = usize::from(step).max(1);
    let cut: Vec<_> = stream.chunks(step).flat_map(|chunk| reader.feed(chunk)).collect();
    assert_eq!(whole, cut);
    for frame in whole.iter().flatten() {
        // Each invalid byte may become a replacement character of three bytes.
        assert!(frame.data.len() <= 3 * MAX_BYTES);
        assert!(!frame.last_event_id.contains(['\0', '\n', '\r']));
    }
}

/// The body of a generation request: parsed or rejected; a valid request is normalised and stays
/// valid.
pub fn request(body: &[u8]) {
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
}

/// An event from an unknown server: parsed or rejected; a parsed event survives a round trip, and a
/// page may load its address.
pub fn event(json: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Event>(json) else { return };
    if let Event::Completed(done) = &event {
        MediaUrl::parse(done.url.as_str()).expect("a checked address");
    }
    let written = serde_json::to_string(&event).expect("an event is JSON");
    let again: Event = serde_json::from_str(&written).expect("what we write, we read");
    assert_eq!(serde_json::to_string(&again).expect("an event is JSON"), written);
}

/// A `Range` header for a file of some size: a requested part lies within the file. The first eight
/// bytes are the size.
pub fn range(input: &[u8]) {
    let Some((size, header)) = input.split_first_chunk::<8>() else { return };
    let size = u64::from_be_bytes(*size);
    let header = String::from_utf8_lossy(header);
    for header in [header.as_ref(), &format!("bytes={header}")] {
        if let Wanted::Part(first, last) = part(header, size) {
            assert!(first <= last && last < size, "{header} of {size}");
            // The same range, requested exactly, gives the same part.
            assert_eq!(part(&format!("bytes={first}-{last}"), size), Wanted::Part(first, last));
        }
    }
}

/// A ticket and the generation it is used for: only the ticket that the gateway issued for this
/// generation is accepted, and no modification of it.
pub fn ticket(input: &[u8]) {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    let key = KEY.get_or_init(SigningKey::random);
    let text = String::from_utf8_lossy(input);
    assert!(!key.admits(&text, "g"));
    assert!(!key.admits(&text, &text));
    let ticket = key.ticket(&text, 60);
    assert!(key.admits(&ticket, &text));
    assert!(!key.admits(&ticket, &format!("{text}x")));
    if let [place, letter, ..] = *input {
        let mut changed = ticket.clone().into_bytes();
        // The last letter's low bits carry no information.
        let place = usize::from(place) % (changed.len() - 1);
        if changed[place] != letter {
            changed[place] = letter;
            assert!(!key.admits(&String::from_utf8_lossy(&changed), &text));
        }
    }
}

/// The path of an address, for media and for the files of the page: a path to a file stays in its
/// directory and names nothing hidden.
pub fn path(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Some(format) = format_of(&text) {
        let path = Path::new("/data").join(text.as_ref());
        assert_eq!(path.parent(), Some(Path::new("/data")));
        assert_eq!(path.file_name().and_then(|name| name.to_str()), Some(text.as_ref()));
        assert!(text.ends_with(format.extension()) && !text.starts_with('.'));
    }
    if is_public(&text) {
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8().expect("was read");
        for part in Path::new(decoded.as_ref()).components() {
            match part {
                Component::RootDir => {}
                Component::Normal(name) => assert!(!name.as_encoded_bytes().starts_with(b".")),
                other => panic!("{other:?} in {text}"),
            }
        }
    }
}
