//! Files of all sorts as results: what browsers play gets there, and nothing else is charged.

use ai_now_protocol::api::State;
use ai_now_protocol::{Code, MediaKind};

use super::fixture::{Fixture, program, request, route};
use super::upstream::{FILES, Result, Script, Speaks, Upstream, What, file};
use crate::support::{Place, client};

/// A gateway whose model `run` makes `kind`, and always this file.
async fn made_from(name: &str, kind: MediaKind) -> (Place, crate::support::Gateway, String) {
    let mut place = Place::new();
    let script = format!("cp {FILES}/{name} result; echo '{{\"file\":\"result\"}}'");
    place.config.providers.insert("own".into(), program(&script));
    route(&mut place.config, &["own"], kind);
    let key = place.key(1000).await;
    let gateway = place.start().await;
    (place, gateway, key)
}

#[tokio::test]
async fn each_format_is_kept_and_served_as_what_it_is() {
    for (name, kind, content_type) in [
        ("song.mp3", MediaKind::Audio, "audio/mpeg"),
        ("song.m4a", MediaKind::Audio, "audio/mp4"),
        ("song.aac", MediaKind::Audio, "audio/aac"),
        ("song.wav", MediaKind::Audio, "audio/wav"),
        ("song.flac", MediaKind::Audio, "audio/flac"),
        ("song.opus", MediaKind::Audio, "audio/ogg"),
        ("film.mp4", MediaKind::Video, "video/mp4"),
        ("film.webm", MediaKind::Video, "video/webm"),
        ("picture.jpg", MediaKind::Picture, "image/jpeg"),
        ("picture.png", MediaKind::Picture, "image/png"),
        ("picture.webp", MediaKind::Picture, "image/webp"),
        ("picture.avif", MediaKind::Picture, "image/avif"),
        ("picture.gif", MediaKind::Picture, "image/gif"),
    ] {
        let (place, gateway, key) = made_from(name, kind).await;
        let mut request = request();
        request.as_object_mut().unwrap().remove("style");
        let accepted = gateway.create(&key, &request).await;
        gateway.follow(&accepted.events).await;
        let made = gateway.show(&key, &accepted.id).await;
        let url = made.url.unwrap_or_else(|| panic!("{name}: {:?}", made.message));
        let served = client().get(url.as_str()).send().await.unwrap();
        assert_eq!(served.headers()["content-type"], content_type, "{name}");
        assert_eq!(served.bytes().await.unwrap(), file(name), "{name}");
        gateway.stop().await;
        place.assert_sound().await;
    }
}

/// Each was charged once, or passed as what it is not.
#[tokio::test]
async fn what_does_not_play_costs_the_visitor_nothing_and_is_made_nowhere_else() {
    let cut = |name: &str, part: usize| {
        let whole = file(name);
        whole[..whole.len() * part / 100].to_vec()
    };
    let html = b"<!doctype html><p>Sign in</p>".repeat(99);
    let tagged = [b"ID3\x04\0\0\0\0\0\0".as_slice(), &html].concat();
    let film = Speaks::Luma;
    let song = Speaks::Mureka;
    for (speaks, bytes, why, loads) in [
        (film, file("picture.avif"), "image/avif", 1),
        (film, file("sound-alone.mp4"), "audio/mp4", 1),
        (film, file("hevc.mp4"), "HEVC", 1),
        (film, file("mpeg4.mp4"), "MPEG-4 Part 2", 1),
        (film, file("two-tracks.mp4"), "more than one", 1),
        (film, file("h264-10-bit.mp4"), "H.264 in 10 bits", 1),
        (film, file("h264-444.mp4"), "H.264 in 4:4:4", 1),
        (film, file("encrypted.mp4"), "encrypted", 1),
        // Up to a fragment's end.
        (film, file("fragments-list.mp4")[..1857].to_vec(), "not whole", 4),
        (film, file("film.mkv"), "Matroska", 1),
        (film, html.clone(), "not a media file", 1),
        (film, cut("film.mp4", 60), "not whole", 4),
        (film, cut("film.webm", 60), "not whole", 4),
        (song, tagged, "not a media file", 1),
        (song, file("film.mp4"), "video/mp4", 1),
        (song, cut("song.mp3", 50), "not whole", 4),
    ] {
        let script = Script { result: Result::File(bytes), ..Script::default() };
        let upstream = Upstream::start(speaks, script).await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
        let made = fixture.make().await;
        assert_eq!(made.state, State::Failed, "{why}");
        let message = made.message.unwrap();
        assert!(message.is(Code::InvalidResult) && message.text.contains(why), "{message:?}");
        assert_eq!(fixture.upstream.came(What::Submit).len(), 1, "{why}");
        assert_eq!(fixture.upstream.came(What::Media).len(), loads, "{why}");
        fixture.finish(0).await;
    }
}
